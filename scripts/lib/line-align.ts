import { deskPromptOf, maxNewTokens } from '#demo/annotator.ts';
import { readPromptLines } from '#demo/line-demo.ts';
import type { App } from '#shared/api/app.ts';
import type { MetricRow } from '#shared/api/runs.ts';
import type { Method } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { type Judgment, judge } from '#shared/front-desk/index.ts';
import { mean, wilsonInterval } from '#shared/statistics.ts';
import { demoFolder, type LineProject, train } from './line-project.ts';

/** Held-out requests that both checkpoints answer. */
export const comparedPrompts = 200;

/** What one checkpoint's answers to the compared requests are like. */
export interface AnswerMeasures {
  gold: number;
  /** Mean r_φ. */
  reward: number | null;
  /** Tokens an answer. */
  length: number | null;
  /** Garbled sentences an answer. */
  garbled: number;
  /** Warm sentences an answer. */
  warm: number;
  /** Share of the exact answers in which every slot is the request's own. */
  true: number;
}

/** A trained policy beside SFT, on the same held-out requests. */
export interface Aligned {
  sft: AnswerMeasures;
  aligned: AnswerMeasures & { klToSft: number | null };
  winRate: { gold: { wins: number; ties: number; losses: number; rate: number; low: number; high: number } };
  metrics: MetricRow[];
  /** Answers that a step of training draws; 0 for DPO. */
  answersAStep: number;
  signs: string[];
  seconds: number;
}

/** Trains a policy by the method's defaults, but for `config`, and compares it with the checkpoint that it began as. */
export async function align(project: LineProject, method: Method, config: Record<string, unknown> = {}): Promise<Aligned> {
  const { app, seed, rewardModel } = project;
  const start = Date.now();
  const settings = JSON.parse(JSON.stringify({ seed, maxNewTokens, ...config }));
  const policy = await train(app, { method, ...(method === 'dpo' ? {} : { rewardModel: rewardModel.id }), config: settings });
  if (!policy.result) throw new Error('The policy run left no checkpoint.');
  const compared = await compare(app, [policy.startCheckpoint.id, policy.result.id], rewardModel.id, seed);
  const metrics = app.runs.metrics({ run: policy.id, afterStep: -1 });
  const signs = policy.signs.map(({ sign }) => sign);
  return { ...compared, metrics, answersAStep: answersAStep(policy.config), signs, seconds: (Date.now() - start) / 1000 };
}

function answersAStep({ episodes, groups, groupSize }: Record<string, unknown>): number {
  return Number(episodes ?? 0) || Number(groups ?? 0) * Number(groupSize ?? 0);
}

/** Answers of both checkpoints to the same held-out requests, with what gold says of each. */
async function compare(app: App, checkpoints: [string, string], rewardModel: string, seed: number) {
  const lines = new Map(readPromptLines(demoFolder).map((line) => [line.prompt[0]?.content ?? '', line]));
  const { report } = app.compare.start({
    checkpoints,
    prompts: comparedPrompts,
    split: 'held_out',
    seed,
    temperature: 1,
    maxNewTokens,
    rewardModel,
  });
  await app.compare.finished(report);
  const me = app.ownerId();
  const { state, error, checkpoints: measures } = app.compare.get(me, report);
  if (state !== 'done') throw new PlainError('engine', error ?? `The comparison ended as ${state}.`);
  const judged: [Judgment, Judgment][] = [];
  let after: string | null = null;
  do {
    const page = app.compare.rows(me, { report, after, limit: 100, reveal: true });
    for (const row of page.rows) {
      const line = lines.get(row.prompt[0]?.content ?? '');
      const [sft, aligned] = row.answers;
      if (!line || !sft || !aligned) throw new Error(`The comparison lost its request ${row.promptId}.`);
      const prompt = deskPromptOf(line);
      judged.push([judge(prompt, sft.text, sft.terminated), judge(prompt, aligned.text, aligned.terminated)]);
    }
    after = page.next;
  } while (after !== null);
  const side = (index: 0 | 1): AnswerMeasures => {
    const found = judged.map((pair) => pair[index]);
    const exact = found.filter((judgment) => judgment.exact > 0);
    return {
      gold: mean(found.map(({ gold }) => gold)),
      reward: measures[index]?.reward?.value ?? null,
      length: measures[index]?.length.value ?? null,
      garbled: mean(found.map(({ garbled }) => garbled)),
      warm: mean(found.map(({ warm }) => warm)),
      true: mean(exact.map(({ wrong }) => (wrong.length === 0 ? 1 : 0))),
    };
  };
  return { sft: side(0), aligned: { ...side(1), klToSft: measures[1]?.kl?.value ?? null }, winRate: { gold: winsOf(judged) } };
}

function winsOf(judged: readonly [Judgment, Judgment][]) {
  const wins = judged.filter(([sft, aligned]) => aligned.gold > sft.gold).length;
  const ties = judged.filter(([sft, aligned]) => aligned.gold === sft.gold).length;
  const won = wins + ties / 2;
  return { wins, ties, losses: judged.length - wins - ties, rate: won / judged.length, ...wilsonInterval(won, judged.length) };
}
