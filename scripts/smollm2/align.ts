import type { App } from '#shared/api/app.ts';
import type { CheckpointMeasures, ComparisonRow } from '#shared/api/compare.ts';
import type { RunDetail } from '#shared/api/runs.ts';
import type { Estimate } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { mean, proportion } from '#shared/statistics.ts';
import { train } from '../lib/line-project.ts';
import { drawing } from './annotator.ts';
import type { JudgedProject } from './project.ts';
import type { Question } from './questions.ts';
import { mentions, satisfies } from './rule.ts';

export interface AlignInput {
  steps: number;
  seed: number;
  /** Settings of PPO over those of this line. */
  ppo: Record<string, unknown>;
}

/** One checkpoint's answers to the held-out questions. */
export interface RuleMeasures {
  /** Share that the rule is satisfied with. */
  rule: Estimate | null;
  mentions: number;
  ended: number;
  /** Tokens. */
  length: number;
  reward: number | null;
  /** k3, nats a response. */
  kl: number | null;
  distinct: number;
}

export interface Aligned {
  before: RuleMeasures;
  after: RuleMeasures;
  rewardModel: { accuracy: number | null; pairs: number };
  samples: { question: string; noun: string; before: string; after: string }[];
  backends: { reward: string | null; ppo: string | null };
  /** Tokens that PPO's policy wrote a second, over all steps. */
  tokensPerSecond: number;
  signs: string[];
  minutes: { reward: number; ppo: number; compare: number };
}

const adapter = { rank: 8, alpha: 16, targets: ['all-linear'] };
const samplesShown = 8;

/** Trains the reward model and then the policy, each an adapter over the one imported model, and has both answer the held-out questions. */
export async function alignByRule({ app, questions }: JudgedProject, { steps, seed, ppo }: AlignInput): Promise<Aligned> {
  const rewardRun = await train(app, {
    method: 'reward',
    samplePrompts: 0,
    config: { seed, adapter, learningRate: 2e-4, evaluateEvery: 1000, normalizationSamples: 64 },
  });
  const { report, result } = rewardRun;
  if (!report || !result) throw new Error('The reward run left no report.');
  const policyRun = await train(app, {
    method: 'ppo',
    rewardModel: result.id,
    samplePrompts: 0,
    config: JSON.parse(JSON.stringify({ ...ppoSettings(steps, seed), ...ppo })),
  });
  const start = Date.now();
  const compared = await compare(app, questions, [policyRun.startCheckpoint.id, policyRun.result!.id], result.id, seed);
  return {
    ...compared,
    rewardModel: { accuracy: report.accuracy, pairs: report.untied },
    backends: { reward: rewardRun.backend, ppo: policyRun.backend },
    tokensPerSecond: writingSpeed(app, policyRun),
    signs: policyRun.signs.map(({ sign }) => sign),
    minutes: { reward: minutesOf(rewardRun), ppo: minutesOf(policyRun), compare: (Date.now() - start) / 60_000 },
  };
}

/**
 * Small batches with a head on the policy's trunk as critic, so that twenty of them take minutes on two cores. The rate is at the upper end for an adapter: it
 * takes KL to 15 nats a response in 20 steps.
 */
function ppoSettings(steps: number, seed: number) {
  return {
    ...{ seed, steps, adapter, ...drawing },
    ...{ learningRate: 5e-4, klCoefficient: 0.05, critic: 'head', episodes: 24, minibatchSize: 12, epochs: 1 },
    ...{ warmupSteps: 1, schedule: 'constant', heldOutPrompts: 0, evaluateEvery: 1000, checkpointEvery: 1000, sampleEvery: 1000 },
  };
}

function minutesOf({ startedAt, endedAt }: RunDetail): number {
  return ((endedAt ?? startedAt) - startedAt) / 60_000;
}

function writingSpeed(app: App, { id, config }: RunDetail): number {
  const rows = app.runs.metrics({ run: id, afterStep: -1 }).filter(({ values }) => values['time/rollout'] !== undefined);
  const tokens = rows.map(({ values }) => Number(config.episodes) * (values['response/length_mean'] ?? 0));
  return mean(tokens) / mean(rows.map(({ values }) => values['time/rollout'] ?? 0));
}

/** Both checkpoints' answers to every held-out question, by the same seeds, and what the rule says of them. */
async function compare(app: App, questions: readonly Question[], checkpoints: [string, string], rewardModel: string, seed: number) {
  const { report } = app.compare.start({ checkpoints, prompts: 2000, split: 'held_out', seed, rewardModel, ...drawing });
  await app.compare.finished(report);
  const me = app.ownerId();
  const { state, error, checkpoints: measured } = app.compare.get(me, report);
  if (state !== 'done') throw new PlainError('engine', error ?? `The comparison ended as ${state}.`);
  const rows: ComparisonRow[] = [];
  let after: string | null = null;
  do {
    const page = app.compare.rows(me, { report, after, limit: 100, reveal: true });
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  const byId = new Map(questions.map((question) => [question.id, question]));
  const side = (index: 0 | 1) => measuresOf(rows, index, byId, measured[index]!);
  const samples = rows.slice(0, samplesShown).map(({ promptId, answers: [before, after] }) => {
    const { text, noun } = byId.get(promptId)!;
    return { question: text, noun, before: before!.text, after: after!.text };
  });
  return { before: side(0), after: side(1), samples };
}

function measuresOf(
  rows: readonly ComparisonRow[],
  index: 0 | 1,
  questions: ReadonlyMap<string, Question>,
  measured: CheckpointMeasures,
): RuleMeasures {
  const answers = rows.map((row) => ({ ...row.answers[index]!, noun: questions.get(row.promptId)!.noun }));
  const share = (holds: (answer: (typeof answers)[number]) => boolean) => answers.filter(holds).length / answers.length;
  return {
    rule: proportion(answers.filter((answer) => satisfies(answer, answer.noun)).length, answers.length),
    mentions: share(({ text, noun }) => mentions(text, noun)),
    ended: share(({ terminated }) => terminated),
    length: measured.length.value,
    reward: measured.reward?.value ?? null,
    kl: measured.kl?.value ?? null,
    distinct: measured.distinctFraction,
  };
}
