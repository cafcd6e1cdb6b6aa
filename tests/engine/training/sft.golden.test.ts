import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { learningRateAt } from '#engine/nn/schedule.ts';
import { responseBatch } from '#engine/training/batch.ts';
import { microBatches, summedGradients } from '#engine/training/micro-batches.ts';
import { measureSft, sftLoss } from '#engine/training/sft.ts';
import { update } from '#engine/training/update.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../golden/load.ts';
import { goldenDecoder, sequenceOf, unpadded, worstOfParameters } from './golden.ts';

interface PaddedBatch {
  input_ids: number[][];
  attention_mask: number[][];
  response_mask: number[][];
  response_cross_entropy: number;
  response_perplexity: number;
  response_token_accuracy: number;
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());
const go = async () => {};

describe.each(['gpt2', 'llama', 'llama3-rope', 'qwen2', 'qwen3', 'smollm'])('%s', (name) => {
  const fixture = goldenFixture<{ batches: { left: PaddedBatch; right: PaddedBatch }; pad_token_id: number }>('models', name);

  test('cross-entropy, perplexity and accuracy of response tokens alone', async () => {
    const decoder = goldenDecoder('models', name);
    for (const batch of [fixture.batches.left, fixture.batches.right]) {
      const sequences = batch.input_ids.map((ids, b) => sequenceOf(ids, batch.attention_mask[b]!, batch.response_mask[b]!));
      const padId = fixture.pad_token_id ?? 0;
      const measured = await measureSft(decoder, sequences, padId, go);
      expect(worstError([measured.loss], [batch.response_cross_entropy])).toBeLessThan(tolerance.losses);
      expect(worstError([measured.perplexity], [batch.response_perplexity])).toBeLessThan(20 * tolerance.losses);
      expect(measured.tokenAccuracy).toBeCloseTo(batch.response_token_accuracy, 12);
      const tokens = sequences.flatMap(({ response }) => response).length;
      const loss = tf.tidy(() => sftLoss(decoder, responseBatch(sequences, padId), tokens).dataSync()[0]!);
      expect(worstError([loss], [batch.response_cross_entropy])).toBeLessThan(tolerance.losses);
    }
    decoder.dispose();
  });
});

const optim = goldenFixture<{
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
  batch: { input_ids: number[][]; attention_mask: number[][] };
  steps: { loss: number; grad_norm: number }[];
  loss_after: number;
  parameters_after: string;
}>('optim');
/** Every token but the first is a target there. */
const optimRows = optim.batch.input_ids.map((ids, b) => {
  const row = unpadded(ids, optim.batch.attention_mask[b]!);
  return { prompt: row.slice(0, 1), response: row.slice(1) };
});
const optimTokens = optimRows.flatMap(({ response }) => response).length;

test.each([
  ['in one pass', Number.POSITIVE_INFINITY],
  ['row by row', 1],
])('five AdamW steps, gradients %s, end at the same parameters', async (_, budget) => {
  const { hyperparameters: settings } = optim;
  const decoder = goldenDecoder('optim', optim.model);
  const [beta1, beta2] = settings.betas;
  const optimizer = new AdamW(decoder.parameters, { beta1, beta2, epsilon: settings.eps, weightDecay: settings.weight_decay });
  const groups = microBatches(
    optimRows.map(({ prompt, response }) => prompt.length + response.length),
    budget,
  );
  expect(groups.length).toBe(budget === 1 ? optimRows.length : 1);
  const parts = groups.map((group) => () => {
    return sftLoss(
      decoder,
      responseBatch(
        group.map((i) => optimRows[i]!),
        0,
      ),
      optimTokens,
    );
  });
  const counts: number[] = [];
  for (const [step, expected] of optim.steps.entries()) {
    const learningRate = learningRateAt('cosine', step, settings.total_steps, settings.warmup_steps, settings.lr);
    const trained = { parameters: decoder.parameters, optimizer };
    const { loss, gradNorm } = await update(parts, trained, { learningRate, maxGradNorm: settings.max_grad_norm, step }, go);
    expect(worstError([loss], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    counts.push(tf.memory().numTensors);
  }
  expect(new Set(counts).size).toBe(1);
  const after = goldenPath('optim', optim.parameters_after);
  expect(worstOfParameters(decoder.parameters.toArrays(), after)).toBeLessThan(tolerance.parametersAfter);
  decoder.dispose();
  optimizer.dispose();
});

test('accumulated gradients are those of one pass', async () => {
  const decoder = goldenDecoder('optim', optim.model);
  const part = (rows: typeof optimRows) => () => sftLoss(decoder, responseBatch(rows, 0), optimTokens);
  const whole = valueAndGradients(part(optimRows), decoder.parameters);
  const summed = await summedGradients(
    optimRows.map((row) => part([row])),
    decoder.parameters,
    go,
  );
  expect(summed.value).toBeCloseTo(whole.value, 5);
  for (const { name } of decoder.parameters.manifest) {
    expect(worstError(summed.gradients.get(name).dataSync(), whole.gradients.get(name).dataSync())).toBeLessThan(tolerance.gradients);
  }
  whole.gradients.dispose();
  summed.gradients.dispose();
  decoder.dispose();
});
