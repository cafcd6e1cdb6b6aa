/** The trainers in this process, on a tiny random model: that they learn, and that no step leaves a tensor behind. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import type { JobContext } from '#engine/training/context.ts';
import { trainDpo } from '#engine/training/dpo.ts';
import { trainGrpo } from '#engine/training/grpo.ts';
import { trainPpo } from '#engine/training/ppo.ts';
import { trainReward } from '#engine/training/reward.ts';
import { trainSft } from '#engine/training/sft.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import type { EngineEvent } from '#shared/jobs.ts';
import type { MetricName } from '#shared/metrics.ts';
import { grpoConfig } from '#shared/training/grpo.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { metricsOf } from '../../../scripts/lib/settings-page.ts';
import { runFolder, small, tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-trainers-'));
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

function listen(): { context: JobContext; events: EngineEvent[]; tensors: number[]; series: (name: MetricName) => number[] } {
  const events: EngineEvent[] = [];
  const tensors: number[] = [];
  const context: JobContext = {
    emit(heard) {
      events.push(heard);
      if (heard.event === 'progress') tensors.push(tf.memory().numTensors);
    },
    breathe: async () => {},
    backend: backend.words,
  };
  const series = (name: MetricName) => events.flatMap((heard) => (heard.event === 'metrics' ? (heard.values[name] ?? []) : []));
  return { context, events, tensors, series };
}
/** Names of all that was told, once each. */
const metricsIn = (events: readonly EngineEvent[]) => [
  ...new Set(events.flatMap((heard) => (heard.event === 'metrics' ? Object.keys(heard.values) : []))),
];
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test('SFT learns its rows', async () => {
  const { context, tensors, series, events } = listen();
  const folder = runFolder(parent, 'sft', 'sft');
  const config = { ...small.sft, epochs: 15, learningRate: 5e-3 };
  await trainSft({ kind: 'sft', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, context);
  const loss = series('sft/loss');
  expect(loss.at(-1)!).toBeLessThan(0.5 * loss[0]!);
  expect(series('sft/perplexity').at(-1)).toBeCloseTo(Math.exp(loss.at(-1)!), 10);
  expect(series('sft/token_accuracy').at(-1)!).toBeGreaterThan(series('sft/token_accuracy')[0]!);
  expect(metricsIn(events).sort()).toEqual(metricsOf('sft').sort());
  expect(new Set(tensors).size).toBe(1);
  expect(loadCheckpoint(join(folder, 'checkpoint')).manifest).toEqual({ format: 1, kind: 'sft', reward: null });
});

test('a reward model learns the order of its pairs; gain and bias are those of its report', async () => {
  const { context, tensors, series, events } = listen();
  const folder = runFolder(parent, 'reward', 'reward');
  const config = { ...small.reward, epochs: 8, learningRate: 1e-2 };
  const result = await trainReward({ kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, context);
  expect(mean(series('rm/loss').slice(-4))).toBeLessThan(0.5 * mean(series('rm/loss').slice(0, 4)));
  expect(result.reward!.trainAccuracy!).toBeGreaterThan(0.9);
  expect(new Set(tensors).size).toBe(1);
  const { manifest, scoreHead } = loadCheckpoint(join(folder, 'checkpoint'));
  expect(manifest.reward).toEqual({ gain: result.reward!.gain, bias: result.reward!.bias });
  expect(scoreHead!.weight.length).toBeGreaterThan(0);
  // two held-out pairs are too few for a percentage
  const own = metricsOf('reward').filter((name) => name !== 'rm/calibration_error');
  expect(metricsIn(events).sort()).toEqual(own.sort());
  expect(result.reward).toMatchObject({ heldOutPairs: 2, accuracy: null, calibrationError: null, logLoss: null });
});

// A head on the trunk learns later: the rise that is asked of it within 24 steps is smaller.
describe.each([
  ['separate', 0.5],
  ['head', 0.1],
] as const)('PPO with its critic %s', (critic, rise) => {
  test('raises reward, emits every metric of its own, and leaves no tensor behind', async () => {
    const { context, tensors, series, events } = listen();
    const folder = runFolder(parent, `ppo-${critic}`, 'ppo');
    const config = ppoConfig.parse({
      steps: 24,
      episodes: 32,
      minibatchSize: 16,
      maxNewTokens: 6,
      learningRate: 1e-2,
      klCoefficient: 0.005,
      adaptiveKl: true,
      penalizeMissingEos: false,
      checkpointEvery: 100,
      critic,
    });
    const samplePromptIds = ['p0', 'p1'];
    const job = { kind: 'ppo' as const, runFolder: folder, startCheckpoint: tinyModel, resume: false, config, samplePromptIds };
    await trainPpo({ ...job, rewardModel: join(parent, 'reward/checkpoint') }, context);
    const reward = series('objective/reward');
    expect(mean(reward.slice(-3))).toBeGreaterThan(mean(reward.slice(0, 2)) + rise);
    // where nothing was updated yet, policy and reference are one
    expect(Math.abs(series('objective/kl')[0]!)).toBeLessThan(1e-3);
    series('objective/rlhf_reward').forEach((value, i) => {
      expect(value).toBeCloseTo(reward[i]! - series('kl/beta')[i]! * series('objective/kl')[i]!, 10);
    });
    expect(new Set(tensors).size).toBe(1);
    const heard = metricsIn(events).filter((name) => !/length_reward/.test(name));
    // answers of equal length have no correlation with anything, and one head nobody to disagree with
    const own = metricsOf('ppo').filter((name) => !/length_reward|disagreement|kept_step/.test(name));
    expect(heard.sort()).toEqual(own.sort());
    const sampled = events.flatMap((heard) => (heard.event === 'sample' ? [`${heard.step} ${heard.promptId}`] : []));
    expect(sampled).toEqual(Array.from({ length: 13 }, (_, i) => 2 * i).flatMap((step) => [`${step} p0`, `${step} p1`]));
    for (const heard of events) if (heard.event === 'sample' && heard.step === 0) expect(Math.abs(heard.kl!)).toBeLessThan(1e-4);
    expect(readFileSync(join(folder, 'checkpoint/plumbline.json'), 'utf8')).toContain('policy');
  });
});

test('DPO learns the order of its pairs, emits every metric of its own, and leaves no tensor behind', async () => {
  const { context, tensors, series, events } = listen();
  const folder = runFolder(parent, 'dpo', 'dpo');
  const config = { ...small.dpo, epochs: 8, learningRate: 3e-3 };
  const job = { kind: 'dpo' as const, runFolder: folder, startCheckpoint: tinyModel, resume: false, config };
  await trainDpo({ ...job, samplePromptIds: ['p0', 'p1'] }, context);
  // before the first update policy and reference are one: the loss is log 2 and nobody has gained
  expect(series('dpo/loss')[0]).toBeCloseTo(Math.log(2), 4);
  expect(Math.abs(series('dpo/chosen_reward')[0]!)).toBeLessThan(1e-4);
  expect(mean(series('dpo/loss').slice(-4))).toBeLessThan(0.5 * series('dpo/loss')[0]!);
  expect(mean(series('dpo/accuracy').slice(-4))).toBeGreaterThan(0.9);
  series('dpo/margin').forEach((margin, i) => {
    expect(margin).toBeCloseTo(series('dpo/chosen_reward')[i]! - series('dpo/rejected_reward')[i]!, 9);
  });
  expect(new Set(tensors).size).toBe(1);
  // two held-out prompts have too few pairs for a percentage
  const own = metricsOf('dpo').filter((name) => name !== 'dpo/held_out_accuracy');
  expect(metricsIn(events).sort()).toEqual(own.sort());
  const sampled = events.flatMap((heard) => (heard.event === 'sample' ? [heard.promptId] : []));
  // p1 has no held-out pair
  expect([...new Set(sampled)]).toEqual(['p0']);
  // its reference was measured once and stays with the run; ties are left out
  const reference = JSON.parse(readFileSync(join(folder, 'reference.json'), 'utf8'));
  expect(reference.train.chosen.length).toBe(19);
  expect(loadCheckpoint(join(folder, 'checkpoint')).manifest).toEqual({ format: 1, kind: 'policy', reward: null });
});

test.each(['loss', 'reward'] as const)(
  'GRPO with KL in the %s raises reward, emits every metric of its own, and leaves no tensor behind',
  async (klIn) => {
    const { context, tensors, series, events } = listen();
    const folder = runFolder(parent, `grpo-${klIn}`, 'grpo');
    const config = grpoConfig.parse({
      steps: 24,
      groups: 6,
      groupSize: 8,
      minibatchSize: 16,
      maxNewTokens: 6,
      learningRate: 1e-2,
      klCoefficient: 0.005,
      klIn,
      penalizeMissingEos: false,
      checkpointEvery: 100,
    });
    const job = { kind: 'grpo' as const, runFolder: folder, startCheckpoint: tinyModel, resume: false, config };
    await trainGrpo({ ...job, samplePromptIds: ['p0', 'p1'], rewardModel: join(parent, 'reward/checkpoint') }, context);
    const reward = series('objective/reward');
    expect(mean(reward.slice(-3))).toBeGreaterThan(mean(reward.slice(0, 2)) + 0.5);
    expect(Math.abs(series('objective/kl')[0]!)).toBeLessThan(1e-3);
    // k1 is what is paid for in the reward, k3 in the loss
    expect(JSON.stringify(series('objective/kl')) === JSON.stringify(series('objective/kl_k1'))).toBe(klIn === 'reward');
    expect(series('policy/ratio')[0]).toBeGreaterThan(0.5);
    series('objective/rlhf_reward').forEach((value, i) => {
      expect(value).toBeCloseTo(reward[i]! - config.klCoefficient * series('objective/kl')[i]!, 10);
    });
    expect(new Set(tensors).size).toBe(1);
    const heard = metricsIn(events).filter((name) => !/length_reward/.test(name));
    const own = metricsOf('grpo').filter((name) => !/length_reward|disagreement|kept_step/.test(name));
    expect(heard.sort()).toEqual(own.sort());
    const sampled = events.flatMap((heard) => (heard.event === 'sample' ? [`${heard.step} ${heard.promptId}`] : []));
    expect(sampled).toEqual(Array.from({ length: 13 }, (_, i) => 2 * i).flatMap((step) => [`${step} p0`, `${step} p1`]));
    expect(readFileSync(join(folder, 'checkpoint/plumbline.json'), 'utf8')).toContain('policy');
  },
);
