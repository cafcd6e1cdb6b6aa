/** A reward model of several heads, trained in this process on a tiny random model. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Random } from '#engine/nn/random.ts';
import { padRight } from '#engine/training/batch.ts';
import type { JobContext, JobResult } from '#engine/training/context.ts';
import { memberDraw } from '#engine/training/head-start.ts';
import { bradleyTerryLoss } from '#engine/training/maths/bradley-terry.ts';
import { MemberHeads, meanHead } from '#engine/training/member-heads.ts';
import { loadRewardModel } from '#engine/training/policy-models.ts';
import { memberLoss, trainReward } from '#engine/training/reward.ts';
import { memberWeights } from '#engine/training/reward-start.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import { runFolder, small, tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-ensemble-'));
const members = 3;
let backend: Backend;
let result: JobResult;
const tensors: number[] = [];
beforeAll(async () => {
  backend = await openBackend();
  const context: JobContext = {
    emit: ({ event }) => void (event === 'progress' && tensors.push(tf.memory().numTensors)),
    breathe: async () => {},
    backend: backend.words,
  };
  const config = { ...small.reward, epochs: 4, ensemble: members };
  const folder = runFolder(parent, 'reward', 'reward');
  result = await trainReward({ kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, context);
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

test('each member is named in the report, and no step leaves a tensor behind', () => {
  expect(new Set(tensors).size).toBe(1);
  expect(result.reward!.ensemble).toMatchObject({ members, correct: Array.from({ length: members }, () => expect.any(Number)) });
  const { agreed, divided } = result.reward!.ensemble!;
  expect(agreed.untied + divided.untied).toBe(result.reward!.untied);
  expect(result.reward!.ensemble!.disagreement).toBeGreaterThan(0);
});

describe('the checkpoint', () => {
  const load = () => loadCheckpoint(join(parent, 'reward/checkpoint')).scoreHead!;

  test('has the members, which differ, and the head that is their mean', () => {
    const head = load();
    expect(head.members!.bias.length).toBe(members);
    const mean = meanHead(head.members!);
    head.weight.forEach((w, d) => {
      expect(w).toBeCloseTo(mean.weight[d]!, 6);
    });
    expect(head.bias).toBeCloseTo(mean.bias, 6);
    const width = head.weight.length;
    expect(head.members!.weight.slice(0, width)).not.toEqual(head.members!.weight.slice(width, 2 * width));
  });

  test('the mean of the members’ rewards is the reward of the mean head', async () => {
    const { model, checkpoint } = loadRewardModel(join(parent, 'reward/checkpoint'));
    const sequences = [3, 5, 8].map((n) => ({ prompt: [5, 6, 7], response: Array.from({ length: n }, (_, i) => 10 + i) }));
    const { rewards, disagreements } = await model.scoreMembers(sequences, checkpoint.tokenizer.padId, async () => {});
    const plain = tf.tidy(() =>
      model
        .raw(
          padRight(
            sequences.map(({ prompt, response }) => [...prompt, ...response]),
            0,
          ),
        )
        .dataSync(),
    );
    rewards.forEach((reward, i) => {
      expect(reward).toBeCloseTo(model.scale.gain * plain[i]! + model.scale.bias, 4);
    });
    // unbiased deviation, from the definition
    const each = await model.memberRewards(sequences, checkpoint.tokenizer.padId, async () => {});
    disagreements!.forEach((disagreement, i) => {
      const middle = each[i]!.reduce((a, b) => a + b, 0) / members;
      const squares = each[i]!.reduce((sum, r) => sum + (r - middle) ** 2, 0);
      expect(disagreement).toBeCloseTo(model.scale.gain * Math.sqrt(squares / (members - 1)), 8);
    });
    model.dispose();
  });
});

test('a member learns from as many pairs as there are, some twice and some never; one head from each once', () => {
  const draw = memberDraw(40, 7, 1);
  expect(draw.length).toBe(40);
  expect(new Set(draw).size).toBeLessThan(40);
  expect(memberDraw(40, 7, 1)).toEqual(draw);
  expect(memberDraw(40, 7, 2)).not.toEqual(draw);
  const times = memberWeights(40, { seed: 7, ensemble: 2 })!;
  draw.forEach((i) => {
    expect(times[1]![i]).toBe(draw.filter((other) => other === i).length);
  });
  expect(memberWeights(40, { seed: 7, ensemble: 1 })).toBeNull();
});

test('the loss of members is the mean of theirs over the pairs of each, and its gradient reaches each by itself', () => {
  const random = Random.from(1, 'members');
  const [pairs, width] = [5, 6];
  const heads = new MemberHeads({
    weight: Float32Array.from({ length: members * width }, () => random.normal()),
    bias: Float32Array.from({ length: members }, () => random.normal()),
  });
  const hidden = Float32Array.from({ length: 2 * pairs * width }, () => random.normal());
  const targets = Array.from({ length: pairs }, (_, i) => ({ softTarget: i === 2 ? 0.5 : 1, margin: i === 2 ? 0 : 0.5 * i }));
  const times = Array.from({ length: members }, () => Array.from({ length: pairs }, () => random.integer(3)));
  const { weight, bias } = heads.values();
  const slow = (shift = { k: 0, d: 0, by: 0 }) => {
    let sum = 0;
    for (let k = 0; k < members; k++) {
      const w = (d: number) => weight[k * width + d]! + (k === shift.k && d === shift.d ? shift.by : 0);
      const reward = (row: number) =>
        Array.from({ length: width }, (_, d) => w(d) * hidden[row * width + d]!).reduce((a, b) => a + b, bias[k]!);
      targets.forEach((target, i) => {
        sum += times[k]![i]! * bradleyTerryLoss(reward(i), reward(pairs + i), target, 0.1);
      });
    }
    return sum / (members * pairs);
  };
  const { value, gradients } = valueAndGradients(
    () => memberLoss(heads.scores(tf.tensor2d(hidden, [2 * pairs, width])), targets, 0.1, pairs, times),
    heads.parameters,
  );
  expect(value).toBeCloseTo(slow(), 5);
  const gradient = gradients.get('score.members.weight').dataSync();
  for (const [k, d] of [
    [0, 0],
    [1, 3],
    [2, 5],
  ] as const) {
    const numeric = (slow({ k, d, by: 1e-5 }) - slow({ k, d, by: -1e-5 })) / 2e-5;
    expect(gradient[k * width + d]).toBeCloseTo(numeric, 4);
  }
  gradients.dispose();
  heads.dispose();
});
