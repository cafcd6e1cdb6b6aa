import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#backend/app.ts';
import { checkpointFolder } from '#backend/checkpoints/register.ts';
import { addPrompt } from '#backend/comparisons.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { addSimulated, type SimulatedRow } from '#backend/demo.ts';
import { createMachine } from '#backend/machine/index.ts';
import { Random } from '#engine/nn/random.ts';
import { createSupervisor } from '#jobs/supervisor.ts';
import type { App } from '#shared/api/app.ts';
import { PlainError } from '#shared/errors.ts';
import { openStore, type Store } from '#store/store.ts';
import { say } from '../lib/say.ts';
import { judgePairs, type Writer } from './annotator.ts';
import { type Question, readQuestions } from './questions.ts';

export interface LineInput {
  /** What is imported. */
  model: string;
  /** Where the prompts are. */
  data: string;
  comparisons: number;
  seed: number;
}

/** A project with the imported model, the questions and the annotator's judgments. */
export interface JudgedProject {
  app: App;
  questions: Question[];
  judgments: { train: number; heldOut: number };
  /** Tokens a second while the judged answers were written, loading the model included. */
  answering: { tokens: number; seconds: number };
}

/** Pairs of held-out answers are the same ones whatever the seed. */
const heldOutSeed = 77_000;

/**
 * Makes a temporary project, imports the model into it, has it answer and the annotator judge, does `work` on it and removes it. The seed decides answers and judgments.
 * @throws PlainError when the model cannot be imported, or an engine's job fails
 */
export async function withJudgedProject<Result>(input: LineInput, work: (project: JudgedProject) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-smollm2-'));
  const dataFolder = join(folder, 'data');
  try {
    const projectPath = createProjectFolder(join(folder, 'smollm2'), null);
    const open = () => createApp({ projectPath, dataFolder, remember: false });
    await importModel(open(), input.model);
    const questions = readQuestions(input.data);
    const store = openStore(projectPath);
    const filled = await fill(store, questions, input, dataFolder).finally(() => store.close());
    const app = open();
    try {
      app.project.setSimulated({ on: true });
      return await work({ app, questions, ...filled });
    } finally {
      await app.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Also looks what this machine computes on, by which each job is placed. */
async function importModel(app: App, path: string): Promise<void> {
  try {
    await app.system.doctor();
    const { transfer } = app.models.import({ place: { kind: 'path', path }, name: null, kind: 'sft' });
    const { state, error } = await app.models.finished(transfer);
    if (state !== 'done') throw new PlainError('engine', error ?? `The import ended as ${state}.`);
  } finally {
    await app.close();
  }
}

/** Puts in the questions, whose split is the app's own, and judged pairs of the model's answers to them. */
async function fill(store: Store, questions: readonly Question[], { comparisons, seed }: LineInput, dataFolder: string) {
  const known = store.transaction(() => new Map(questions.map((question) => [question.id, addQuestion(store, question)])));
  const [sft] = store.checkpoints.ofKind('sft');
  if (!sft) throw new Error('The imported model is not in the project.');
  const ofSplit = (split: 'train' | 'held_out') => {
    const ids = new Set(store.prompts.ofSplit(split).map(({ id }) => id));
    return questions.filter(({ id }) => ids.has(id));
  };
  const jobs = createSupervisor({ environment: createMachine(dataFolder).environment });
  const writer: Writer = { jobs, model: checkpointFolder(store, sft), folder: dataFolder };
  const start = Date.now();
  try {
    const rows: SimulatedRow[] = [];
    let [tokens, pairs] = [0, 0];
    const order = Random.from(seed, 'smollm2').shuffle(ofSplit('train'));
    // What the rule leaves undecided gives no judgment, so as many more are asked for as were missing, by the share that was decided.
    for (let round = 0; rows.length < comparisons; round++) {
      const share = pairs === 0 ? 1 : Math.max(0.1, rows.length / pairs);
      const asked = Array.from(
        { length: Math.ceil((1.1 * (comparisons - rows.length)) / share) },
        (_, n) => order[(pairs + n) % order.length]!,
      );
      const judged = await judgePairs(writer, [...new Set(asked)], 1000 * (seed + 1) + round);
      rows.push(...judged.rows);
      pairs += judged.pairs;
      tokens += judged.tokens;
      say(`The annotator judged ${rows.length} of ${pairs} pairs of answers.`);
    }
    const heldOut = await judgePairs(writer, ofSplit('held_out'), heldOutSeed);
    const kept = rows.slice(0, comparisons);
    store.transaction(() => addSimulated(store, [...kept, ...heldOut.rows], sft.id, known));
    const answering = { tokens: tokens + heldOut.tokens, seconds: (Date.now() - start) / 1000 };
    return { judgments: { train: kept.length, heldOut: heldOut.rows.length }, answering };
  } finally {
    await jobs.close();
  }
}

function addQuestion(store: Store, { id, text }: Question) {
  return addPrompt(store, {
    ...{ id, messages: [{ role: 'user', content: text }], topic: null, source: 'ai-feedback-pairs.jsonl', split: null, importId: null },
  });
}
