/** The state that is kept, and the limits that end an update or a run early. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import { Random } from '#engine/nn/random.ts';
import type { Judge } from '#engine/rewards/judge.ts';
import { answerKls } from '#engine/training/answer-kl.ts';
import type { JobContext } from '#engine/training/context.ts';
import { betterState, measuredPrompts } from '#engine/training/held-out.ts';
import { mean, variance } from '#engine/training/maths/statistics.ts';
import { targetsOf, trainPpo } from '#engine/training/ppo.ts';
import type { Episode } from '#engine/training/rollout.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import type { EngineEvent } from '#shared/jobs.ts';
import { type PpoConfig, ppoConfig } from '#shared/training/ppo.ts';
import { runFolder, small, tinyModel, weightsOf } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-held-out-'));
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

/** Pays for short answers; of two members the second doubts every answer with a third token. */
const judge: Judge = {
  names: ['model'],
  judge: async (answers) =>
    answers.map(({ response }) => ({ reward: -response.length, parts: [-response.length], disagreement: response.length > 2 ? 1 : 0 })),
};

const settings: Partial<PpoConfig> = {
  critic: 'head',
  steps: 6,
  learningRate: 1e-2,
  schedule: 'constant',
  warmupSteps: 0,
  evaluateEvery: 1,
};

async function run(name: string, change: Partial<PpoConfig>) {
  const folder = runFolder(parent, name, 'ppo');
  const events: EngineEvent[] = [];
  const context: JobContext = { emit: (heard) => events.push(heard), breathe: async () => {}, backend: backend.words };
  const config = { ...small.ppo, adaptiveKl: false, ...settings, ...change };
  const job = { kind: 'ppo' as const, runFolder: folder, startCheckpoint: tinyModel, resume: false, config, samplePromptIds: [] };
  const { metrics } = await trainPpo({ ...job, rewardModel: null }, context, judge);
  const held = events.flatMap((heard) =>
    heard.event === 'metrics' && 'held_out/rlhf_reward' in heard.values ? [{ step: heard.step, ...heard.values }] : [],
  );
  const log = events.flatMap((heard) => (heard.event === 'log' ? [heard.line] : []));
  return { folder, metrics, held, log, events };
}

test('the best state on held-out prompts is kept: the very weights of a run that ends there', async () => {
  const { folder, held, metrics, log } = await run('best', { klCoefficient: 1 });
  expect(held.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  const kept = metrics['held_out/kept_step']!;
  expect(kept).toBeLessThan(6); // or this test says nothing
  expect(log.at(-1)).toMatch(new RegExp(`^Kept step ${kept} of 6: the last is measurably worse \\(reward − β·KL on 2 held-out prompts: `));
  for (const one of held) expect(one['held_out/rlhf_reward']).toBeCloseTo(one['held_out/reward']! - one['held_out/kl']!, 10);

  const there = await run('there', { klCoefficient: 1, steps: kept, keep: 'last' });
  expect(weightsOf(folder)).toBe(weightsOf(there.folder));
  expect(there.metrics).not.toHaveProperty('held_out/kept_step');
  const last = await run('last', { klCoefficient: 1, keep: 'last' });
  expect(weightsOf(folder)).not.toBe(weightsOf(last.folder));
  // measured or not, training is the same
  const blind = await run('blind', { klCoefficient: 1, heldOutPrompts: 0 });
  expect(blind.held).toEqual([]);
  expect(weightsOf(blind.folder)).toBe(weightsOf(last.folder));
});

test('where members of the reward model disagree, a held-out answer is worth their lower bound, unless the reward is that already', async () => {
  const plain = await run('plain', { steps: 1, learningRate: 1e-9, penalizeMissingEos: false, scoreClip: 0 });
  const rewards = [{ kind: 'model' as const, weight: 1, caution: 1 }];
  const cautious = await run('cautious', { steps: 1, learningRate: 1e-9, penalizeMissingEos: false, scoreClip: 0, rewards });
  // both held-out answers have more than two tokens
  expect(cautious.held[0]!['held_out/reward']! - plain.held[0]!['held_out/reward']!).toBeCloseTo(1, 10);
});

test('a run ends once KL is above its limit, and says so; its last step is measured and kept like any', async () => {
  const { events, log, held, metrics } = await run('limit', { klLimit: 1e-3, klEstimator: 'k3', klCoefficient: 0 });
  const steps = events.flatMap((heard) => (heard.event === 'progress' ? [heard.step] : []));
  expect(steps).toEqual([1, 2]); // the first batch is drawn from SFT itself
  expect(log.some((line) => /^Ended after step 2 of 6: KL of its answers is .* nats, above the limit of 0\.001/.test(line))).toBe(true);
  expect(held.at(-1)!.step).toBe(2);
  expect(metrics['held_out/kept_step']).toBeLessThanOrEqual(2);
});

test('the rest of a batch is left out once an update shows that it moved the policy too far', async () => {
  const steps = vi.spyOn(AdamW.prototype, 'step');
  try {
    await run('updates', { steps: 2 });
    expect(steps.mock.calls.length).toBe(2 * 2 * 3); // two epochs of three minibatches
    steps.mockClear();
    await run('update-limit', { steps: 2, updateKlLimit: 1e-9 });
    expect(steps.mock.calls.length).toBe(2 * 2); // the first of a batch cannot show a move yet
  } finally {
    steps.mockRestore();
  }
});

test('advantages are whitened over the batch, over a minibatch, or not at all', async () => {
  const config = ppoConfig.parse({ whitenAdvantages: 'none' });
  const episodes = [1, 2, 3].map(
    (reward): Episode => ({
      ...{ promptId: 'p', prompt: [1], response: [2, 3], terminated: true, reward, parts: [reward], disagreement: null },
      ...{ logProbs: [-1, -2], referenceLogProbs: [-1, -2], values: [0.5, 0.25], surprise: { excess: 0, squares: 0 } },
    }),
  );
  const flat = (rows: readonly Float64Array[]) => rows.flatMap((row) => [...row]);
  const raw = targetsOf(episodes, 0.1, config);
  expect(raw.advantagesWhitened).toEqual(raw.advantages);
  expect(targetsOf(episodes, 0.1, { ...config, whitenAdvantages: 'minibatch' }).advantagesWhitened).toEqual(raw.advantages);
  const whole = flat(targetsOf(episodes, 0.1, { ...config, whitenAdvantages: 'batch' }).advantagesWhitened);
  expect(mean(whole)).toBeCloseTo(0, 12);
  expect(variance(whole, 1)).toBeCloseTo(1, 6);

  // at the first update every ratio is 1, so the policy loss is −mean A, which is 0 for every whitened minibatch
  const lossOf = async (whitenAdvantages: PpoConfig['whitenAdvantages']) => {
    const { events } = await run(`whiten-${whitenAdvantages}`, { steps: 1, epochs: 1, learningRate: 1e-9, whitenAdvantages });
    const metrics = events.find((heard) => heard.event === 'metrics');
    return metrics?.event === 'metrics' ? Math.abs(metrics.values['policy/loss']!) : Number.NaN;
  };
  expect(await lossOf('minibatch')).toBeLessThan(1e-6);
  expect(await lossOf('none')).toBeGreaterThan(1e-3);
});

test('of states that cannot be told apart the last is kept, and never one that is measurably worse than the highest', () => {
  const scattered = (worth: number) => [worth - 1, worth + 1, worth + 1, worth - 1];
  const shifted = (worth: number) => [worth + 1, worth - 1, worth + 1, worth - 1]; // differs by 2, −2, 0, 0: its standard error is 0.82
  const first = betterState(null, 1, scattered(0))!;
  expect(first).toEqual({ step: 1, worth: 0, highest: { step: 1, worths: scattered(0) } });
  expect(betterState(first, 2, shifted(-0.8))).toEqual({ step: 2, worth: -0.8, highest: first.highest });
  expect(betterState(first, 2, shifted(-0.83))).toBeNull();
  expect(betterState(first, 2, scattered(-0.01))).toBeNull(); // the same scatter: every answer is worse
  // a second small step down is measured against the highest, not against the state that is kept
  const second = betterState(first, 2, shifted(-0.5))!;
  expect(betterState(second, 3, shifted(-0.9))).toBeNull();
  expect(betterState(second, 3, shifted(0.1))).toMatchObject({ step: 3, highest: { step: 3 } });
});

test('KL of an answer is over whole distributions: a plain loop over all tokens', async () => {
  const [policy, reference] = [loadCheckpoint(tinyModel).decoder, loadCheckpoint(tinyModel).decoder];
  const random = Random.from(5);
  policy.parameters.load(
    new Map([...policy.parameters.toArrays()].map(([name, array]) => [name, array.map((x) => x + 0.02 * random.normal())])),
  );
  const sequences = [
    { prompt: [3, 4, 5], response: [6, 7, 8, 9] },
    { prompt: [10], response: [11] },
  ];
  const measure = (policy: Decoder, temperature: number) => answerKls({ policy, reference }, sequences, temperature, 0, async () => {});
  const kls = await measure(policy, 0.7);
  const before = tf.memory().numTensors; // tables of positions are there by now
  expect(await measure(policy, 0.7)).toEqual(kls);
  expect(tf.memory().numTensors).toBe(before);
  const distributions = (decoder: Decoder, ids: number[]) =>
    tf.tidy(() => {
      const row = tf.tensor2d(ids, [1, ids.length], 'int32');
      const logits = decoder.logits(tf.reshape(decoder.hidden(row, tf.onesLike(row)), [ids.length, -1])).arraySync();
      return logits.map((line) => {
        const weights = line.map((x) => Math.exp((x - Math.max(...line)) / (0.7 + 1e-7)));
        const total = weights.reduce((a, b) => a + b, 0);
        return weights.map((w) => w / total);
      });
    });
  sequences.forEach(({ prompt, response }, i) => {
    const ids = [...prompt, ...response];
    const [p, q] = [distributions(policy, ids), distributions(reference, ids)];
    let expected = 0;
    for (let t = prompt.length - 1; t < ids.length - 1; t++) {
      for (const [v, w] of p[t]!.entries()) expected += w * Math.log(w / q[t]![v]!);
    }
    expect(expected).toBeGreaterThan(1e-3);
    expect(kls[i]! / expected).toBeCloseTo(1, 3);
  });
  expect(await measure(reference, 1)).toEqual([0, 0]);
  policy.dispose();
  reference.dispose();
});

test('the same held-out prompts are measured whatever the run', () => {
  const prompts = Array.from({ length: 20 }, (_, i) => i);
  const chosen = measuredPrompts(prompts, 5);
  expect(new Set(chosen).size).toBe(5);
  expect(measuredPrompts(prompts, 5)).toEqual(chosen);
  expect(measuredPrompts(prompts, 8).slice(0, 5)).toEqual(chosen);
  expect(measuredPrompts(prompts, 50)).toHaveLength(20);
});
