/** Rewards by rule in real runs on a tiny random model. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { type Judge, judgeOf } from '#engine/rewards/judge.ts';
import type { JobContext } from '#engine/training/context.ts';
import { trainGrpo } from '#engine/training/grpo.ts';
import { loadRewardModel } from '#engine/training/policy-models.ts';
import { trainPpo } from '#engine/training/ppo.ts';
import { trainReward } from '#engine/training/reward.ts';
import type { EngineEvent } from '#shared/jobs.ts';
import { grpoConfig } from '#shared/training/grpo.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { rewardParts } from '#shared/training/rewards.ts';
import { runFolder, small, tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-rewards-'));
let backend: Backend;
let scorer: string;
const breathe = async () => {};
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

function listen(): { context: JobContext; events: EngineEvent[]; series: (name: `${string}/${string}`) => number[] } {
  const events: EngineEvent[] = [];
  const series = (name: string) =>
    events.flatMap((heard) => (heard.event === 'metrics' ? ((heard.values as Record<string, number>)[name] ?? []) : []));
  return { context: { emit: (heard) => void events.push(heard), breathe, backend: backend.words }, events, series };
}

beforeAll(async () => {
  backend = await openBackend();
  const folder = runFolder(parent, 'reward', 'reward');
  const config = { ...small.reward, ensemble: 3 };
  await trainReward({ kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, listen().context);
  scorer = join(folder, 'checkpoint');
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

const base = (name: string, kind: 'ppo' | 'grpo') => ({
  ...{ runFolder: runFolder(parent, name, kind), startCheckpoint: tinyModel, resume: false, samplePromptIds: ['p0'] },
});

test('GRPO learns a rule without any reward model', async () => {
  const { context, series, events } = listen();
  const rewards = [{ kind: 'regex', pattern: '[aeiou]{2}', flags: 'i' }];
  const online = { steps: 16, groups: 6, groupSize: 8, minibatchSize: 24, maxNewTokens: 6, penalizeMissingEos: false, learningRate: 1e-2 };
  const config = grpoConfig.parse({ ...online, klCoefficient: 0.005, rewards });
  await trainGrpo({ kind: 'grpo', ...base('grpo', 'grpo'), rewardModel: null, config }, context);
  const reward = series('objective/reward');
  expect(mean(reward.slice(-3))).toBeGreaterThan(mean(reward.slice(0, 2)) + 0.2);
  // one part is the reward itself and is not told again
  expect(series('reward/part/regex')).toEqual([]);
  expect(events.some((heard) => heard.event === 'sample' && heard.parts !== undefined)).toBe(false);
});

test('PPO is paid a weighted sum, each part told apart, in metrics and samples', async () => {
  const { context, series, events } = listen();
  const rewards = [
    { kind: 'model', caution: 0.5 },
    { kind: 'length', unit: 'tokens', target: 3, weight: 2 },
    { kind: 'regex', name: 'no-zebra', pattern: 'zebra', must: 'not_match', weight: -0.25 },
  ];
  const config = ppoConfig.parse({ ...small.ppo, steps: 2, penalizeMissingEos: false, scoreClip: 0, rewards });
  await trainPpo({ kind: 'ppo', ...base('ppo', 'ppo'), rewardModel: scorer, config }, context);
  const [total, model, length, avoided] = ['objective/reward', 'reward/part/model', 'reward/part/length', 'reward/part/no-zebra'].map(
    (name) => series(name as 'a/b'),
  );
  expect(total!.length).toBe(2);
  total!.forEach((reward, i) => {
    expect(reward).toBeCloseTo(model![i]! + 2 * length![i]! - 0.25 * avoided![i]!, 10);
  });
  expect(series('reward/disagreement').every((value) => value > 0)).toBe(true);
  for (const heard of events) {
    if (heard.event !== 'sample') continue;
    const { model, length, 'no-zebra': avoided } = heard.parts as Record<string, number>;
    expect(heard.reward).toBeCloseTo(model! + 2 * length! - 0.25 * avoided!, 10);
  }
});

test('the lower bound is the mean less so many deviations of the members', async () => {
  const { model, checkpoint } = loadRewardModel(scorer);
  const answers = [4, 6].map((n) => ({
    ...{ promptId: 'p', prompt: [5, 6, 7], response: Array.from({ length: n }, (_, i) => 20 + i), terminated: false },
  }));
  const judged = (caution: number) =>
    judgeOf(rewardParts.parse([{ kind: 'model', caution }]), model, checkpoint.tokenizer).judge(answers, breathe);
  const [plain, bound] = [await judged(0), await judged(1.5)];
  plain.forEach(({ reward, disagreement }, i) => {
    expect(disagreement).toBeGreaterThan(0);
    expect(bound[i]!.reward).toBeCloseTo(reward - 1.5 * disagreement!, 10);
  });
  model.dispose();
});

test('a judge of the caller’s own stands in for the setting', async () => {
  const { context, series } = listen();
  const judge: Judge = {
    names: ['own'],
    judge: async (answers) => answers.map(({ promptId }) => ({ reward: promptId === 'p2' ? 1 : 0.5, parts: [0], disagreement: null })),
  };
  const config = ppoConfig.parse({ ...small.ppo, steps: 1, penalizeMissingEos: false });
  await trainPpo({ kind: 'ppo', ...base('own', 'ppo'), rewardModel: null, config }, context, judge);
  expect(series('reward/max')[0]).toBe(1);
  expect(series('reward/min')[0]).toBe(0.5);
});

test('a pattern that hangs ends the run with a sentence that names it', async () => {
  const { context } = listen();
  const rewards = [{ kind: 'regex', name: 'endless', pattern: '^(([^z]|[^y])+)+zy$', flags: '' }];
  const config = ppoConfig.parse({ ...small.ppo, episodes: 4, minibatchSize: 4, maxNewTokens: 40, steps: 1, rewards });
  await expect(trainPpo({ kind: 'ppo', ...base('endless', 'ppo'), rewardModel: null, config }, context)).rejects.toThrow(
    /^The reward "endless" took more than 5 seconds.*Make it simpler/,
  );
});

test('rewards by a model need one', async () => {
  const config = ppoConfig.parse({ ...small.ppo, steps: 1 });
  await expect(trainPpo({ kind: 'ppo', ...base('none', 'ppo'), rewardModel: null, config }, listen().context)).rejects.toThrow(
    /it has none/,
  );
});
