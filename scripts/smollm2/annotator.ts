import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SimulatedRow } from '#backend/demo.ts';
import type { Supervisor } from '#jobs/supervisor.ts';
import { PlainError } from '#shared/errors.ts';
import { type AnswerRow, answerRow, type PromptRow } from '#shared/jobs.ts';
import type { Sampling } from '#shared/sampling.ts';
import type { Question } from './questions.ts';
import { preferred, type RuledAnswer } from './rule.ts';

/** How answers are drawn everywhere in this line, those that are judged, PPO's and those that are measured. */
export const drawing = { temperature: 0.7, maxNewTokens: 64, decodeWeights: 'int8' } as const;

/** What answers: an imported model's folder, by a job of the engine. */
export interface Writer {
  jobs: Supervisor;
  model: string;
  /** For the files of its jobs. */
  folder: string;
}

/** Two answers to each of `questions` by the model. (seed, question) fixes them. @throws PlainError with the engine's sentence */
async function twoAnswers({ jobs, model, folder }: Writer, questions: readonly Question[], seed: number): Promise<AnswerRow[][]> {
  const [promptsFile, outFile] = [join(folder, 'prompts.jsonl'), join(folder, 'answers.jsonl')];
  const rows = questions.map(({ id, text }): PromptRow => ({ id, prompt: [{ role: 'user', content: text }] }));
  writeFileSync(promptsFile, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const sampling: Sampling = { ...drawing, topK: 0, topP: 1, seed };
  const more = { samplesPerPrompt: 2, sampling, rewardModel: null, reference: null };
  const outcome = await jobs.submit({
    id: `answers-${seed}`,
    job: { kind: 'answer', checkpoints: [model], promptsFile, outFile, ...more },
    onEvent: () => {},
  });
  if (outcome.kind !== 'done') {
    throw new PlainError('engine', outcome.kind === 'stopped' ? 'Answering was stopped.' : outcome.sentence);
  }
  const answers = readFileSync(outFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => answerRow.parse(JSON.parse(line)));
  return questions.map(({ id }) => answers.filter(({ promptId }) => promptId === id));
}

/** What the annotator said of some pairs. */
export interface Judged {
  rows: SimulatedRow[];
  /** Pairs that were answered, and the tokens of those answers. */
  pairs: number;
  tokens: number;
}

/** Has the model answer each question twice and the annotator judge the pairs; what the rule leaves undecided gives no row. */
export async function judgePairs(writer: Writer, questions: readonly Question[], seed: number): Promise<Judged> {
  const answers = await twoAnswers(writer, questions, seed);
  const rows = answers.flatMap((pair, index): SimulatedRow[] => {
    const { id, noun } = questions[index]!;
    const [first, second] = pair.map((answer) => ({ ...asRuled(answer), ids: answer.ids, seed }));
    if (!first || !second) throw new Error(`The engine left ${id} without two answers.`);
    const better = preferred(first, second, noun);
    if (better === null) return [];
    return [{ promptId: id, responses: [first, second], ranking: better === 0 ? [[0], [1]] : [[1], [0]], strength: 1 }];
  });
  return { rows, pairs: answers.length, tokens: answers.flat().reduce((sum, { ids }) => sum + ids.length, 0) };
}

function asRuled({ text, ids, terminated }: AnswerRow): RuledAnswer {
  return { text, tokens: ids.length, terminated };
}
