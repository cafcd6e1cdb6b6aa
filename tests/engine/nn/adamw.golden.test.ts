import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { learningRateAt } from '#engine/nn/schedule.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../golden/load.ts';

interface OptimFixture {
  model: string;
  hyperparameters: {
    lr: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
    max_grad_norm: number;
    warmup_steps: number;
    total_steps: number;
  };
  decay_parameters: string[];
  no_decay_parameters: string[];
  batch: { input_ids: number[][]; attention_mask: number[][] };
  steps: { loss: number; grad_norm: number; clip_factor: number; lr: number }[];
  loss_after: number;
  parameters_after: string;
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

const fixture = goldenFixture<OptimFixture>('optim');
const { hyperparameters: settings, batch } = fixture;

function load(): Decoder {
  const folder = goldenPath('optim', fixture.model);
  const { tensors } = readSafetensors(`${folder}/model.safetensors`);
  const config = decoderConfigFrom(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')));
  return Decoder.from(config, new Map([...tensors].map(([key, { data }]) => [key, data])));
}

function loss(decoder: Decoder): () => tf.Scalar {
  const mask = batch.attention_mask.map((row) => row.slice(1));
  const targets = mask.flat().reduce((a, b) => a + b, 0);
  return () => {
    const ids = tf.tensor2d(batch.input_ids, undefined, 'int32');
    const hidden = decoder.hidden(ids, tf.tensor2d(batch.attention_mask, undefined, 'int32'));
    return tf.neg(tf.div(tf.sum(tf.mul(responseLogProbs(decoder, hidden, ids, 1, 1).logProbs, tf.tensor2d(mask))), targets));
  };
}

function optimizer(decoder: Decoder): AdamW {
  const [beta1, beta2] = settings.betas;
  return new AdamW(decoder.parameters, { beta1, beta2, epsilon: settings.eps, weightDecay: settings.weight_decay });
}

test('decay is for the same parameters', () => {
  const decoder = load();
  const named = (decay: boolean) => decoder.parameters.manifest.filter((info) => info.decay === decay).map(({ name }) => name);
  expect(named(true).sort()).toEqual([...fixture.decay_parameters].sort());
  expect(named(false).sort()).toEqual([...fixture.no_decay_parameters].sort());
  decoder.dispose();
});

test('five clipped steps under a cosine schedule end at the same parameters, and no tensor is left behind', () => {
  const before = tf.memory().numTensors;
  const decoder = load();
  const adamw = optimizer(decoder);
  const during: number[] = [];
  fixture.steps.forEach((expected, step) => {
    const learningRate = learningRateAt('cosine', step, settings.total_steps, settings.warmup_steps, settings.lr);
    const { value, gradients } = valueAndGradients(loss(decoder), decoder.parameters);
    const { gradNorm, clipFactor } = adamw.step(gradients, learningRate, settings.max_grad_norm);
    gradients.dispose();
    expect(worstError([value], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    expect(worstError([clipFactor], [expected.clip_factor])).toBeLessThan(tolerance.gradientNorm);
    expect(learningRate).toBeCloseTo(expected.lr, 12);
    during.push(tf.memory().numTensors);
  });
  expect(new Set(during).size).toBe(1);

  const after = readSafetensors(goldenPath('optim', fixture.parameters_after)).tensors;
  const arrays = decoder.parameters.toArrays();
  const worst = Math.max(...[...arrays].map(([name, array]) => worstError(array, after.get(name)!.data)));
  expect(worst).toBeLessThan(tolerance.parametersAfter);
  const last = tf.tidy(() => loss(decoder)().dataSync()[0]!);
  expect(worstError([last], [fixture.loss_after])).toBeLessThan(tolerance.losses);
  adamw.dispose();
  decoder.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a saved and restored optimizer goes on to the same bits', () => {
  const run = (interrupt: boolean) => {
    let decoder = load();
    let adamw = optimizer(decoder);
    for (let step = 0; step < 4; step++) {
      if (interrupt && step === 2) {
        const [arrays, state] = [decoder.parameters.toArrays(), adamw.state()];
        decoder.dispose();
        adamw.dispose();
        decoder = load();
        adamw = optimizer(decoder);
        decoder.parameters.load(arrays);
        adamw.load(state);
      }
      const { gradients } = valueAndGradients(loss(decoder), decoder.parameters);
      adamw.step(gradients, settings.lr, settings.max_grad_norm);
      gradients.dispose();
    }
    const arrays = decoder.parameters.toArrays();
    decoder.dispose();
    adamw.dispose();
    return arrays;
  };
  expect(run(true)).toEqual(run(false));
});
