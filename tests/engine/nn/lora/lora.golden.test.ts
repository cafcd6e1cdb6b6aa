import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { loadAdapter, saveAdapter } from '#engine/weights/adapter.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../../golden/load.ts';

interface LoraFixture {
  base: string;
  adapter: string;
  hyperparameters: { lr: number; betas: [number, number]; eps: number; weight_decay: number; max_grad_norm: number };
  batch: { input_ids: number[][]; attention_mask: number[][] };
  logits: string;
  merged_layer: string;
  merged_parameters: string[];
  steps: { loss: number; grad_norm: number }[];
  loss_after: number;
  parameters_after: string;
}

const fixture = goldenFixture<LoraFixture>('lora');
const { hyperparameters: settings, batch } = fixture;
/** golden/README.md: parameters after the steps, lora. */
const afterSteps = 1e-4;

let backend: Backend;
let base: Decoder;
beforeAll(async () => {
  backend = await openBackend();
  const folder = goldenPath('lora', fixture.base);
  const { tensors } = readSafetensors(join(folder, 'model.safetensors'));
  const config = decoderConfigFrom(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  base = Decoder.from(config, new Map([...tensors].map(([name, { data }]) => [name, data])));
});
afterAll(async () => {
  base.dispose();
  await backend.close();
});

const load = () => loadAdapter(goldenPath('lora', fixture.adapter), base);

/** Logits at all tokens, padding left out. */
function logitsOf(decoder: Decoder): Float32Array {
  return tf.tidy(() => {
    const hidden = decoder.hidden(tf.tensor2d(batch.input_ids, undefined, 'int32'), tf.tensor2d(batch.attention_mask, undefined, 'int32'));
    return ofTokens(decoder.logits(tf.reshape(hidden, [-1, decoder.config.width])).dataSync() as Float32Array);
  });
}

function ofTokens(logits: Float32Array): Float32Array {
  const mask = batch.attention_mask.flat();
  const vocabulary = logits.length / mask.length;
  return logits.filter((_, i) => mask[Math.floor(i / vocabulary)] === 1);
}

function loss(decoder: Decoder): () => tf.Scalar {
  const isTarget = batch.attention_mask.map((row) => row.slice(1).map((m, t) => m * row[t]!));
  const targets = isTarget.flat().reduce((a, b) => a + b, 0);
  return () => {
    const ids = tf.tensor2d(batch.input_ids, undefined, 'int32');
    const hidden = decoder.hidden(ids, tf.tensor2d(batch.attention_mask, undefined, 'int32'));
    return tf.neg(tf.div(tf.sum(tf.mul(responseLogProbs(decoder, hidden, ids, 1, 1).logProbs, tf.tensor2d(isTarget))), targets));
  };
}

test('logits with the adapter, beside the base and merged into it', () => {
  const [file, tensor] = fixture.logits.split('#') as [string, string];
  const expected = ofTokens(readSafetensors(goldenPath('lora', file)).tensors.get(tensor)!.data);
  const adapted = load();
  expect(worstError(logitsOf(adapted), expected)).toBeLessThan(tolerance.logits);
  const merged = adapted.merged();
  expect(worstError(logitsOf(merged), expected)).toBeLessThan(tolerance.logits);
  const layer = readSafetensors(goldenPath('lora', fixture.merged_layer)).tensors;
  const arrays = merged.parameters.toArrays();
  for (const name of fixture.merged_parameters) {
    expect(worstError(arrays.get(name)!, layer.get(name)!.data)).toBeLessThan(tolerance.parametersAfter);
  }
  merged.dispose();
  adapted.dispose();
});

test.each([false, true])('AdamW steps on the adapter alone (recomputing: %s); the base stays, no tensor is left behind', (recompute) => {
  const before = tf.memory().numTensors;
  const frozen = base.parameters.toArrays();
  const decoder = load();
  decoder.recompute = recompute;
  const [beta1, beta2] = settings.betas;
  const adamw = new AdamW(decoder.trainable, { beta1, beta2, epsilon: settings.eps, weightDecay: settings.weight_decay });
  const during: number[] = [];
  for (const expected of fixture.steps) {
    const { value, gradients } = valueAndGradients(loss(decoder), decoder.trainable);
    const { gradNorm } = adamw.step(gradients, settings.lr, settings.max_grad_norm);
    gradients.dispose();
    expect(worstError([value], [expected.loss])).toBeLessThan(tolerance.losses);
    expect(worstError([gradNorm], [expected.grad_norm])).toBeLessThan(tolerance.gradientNorm);
    during.push(tf.memory().numTensors);
  }
  expect(new Set(during).size).toBe(1);
  const last = tf.tidy(() => loss(decoder)().dataSync()[0]!);
  expect(worstError([last], [fixture.loss_after])).toBeLessThan(tolerance.losses);
  const after = readSafetensors(goldenPath('lora', fixture.parameters_after)).tensors;
  const arrays = decoder.trainable.toArrays();
  expect([...arrays.keys()].sort()).toEqual([...after.keys()].sort());
  for (const [name, array] of arrays) expect(worstError(array, after.get(name)!.data)).toBeLessThan(afterSteps);
  expect(base.parameters.toArrays()).toEqual(frozen);
  adamw.dispose();
  decoder.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a written adapter is read again to the same logits, under the names of PEFT', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-'));
  try {
    const decoder = load();
    saveAdapter(folder, decoder, null);
    const again = loadAdapter(folder, base);
    expect(logitsOf(again)).toEqual(logitsOf(decoder));
    const names = (path: string) => [...readSafetensors(join(path, 'adapter_model.safetensors')).tensors.keys()].sort();
    expect(names(folder)).toEqual(names(goldenPath('lora', fixture.adapter)));
    decoder.dispose();
    again.dispose();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
