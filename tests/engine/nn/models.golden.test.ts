import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../golden/load.ts';

interface Batch {
  input_ids: number[][];
  attention_mask: number[][];
  token_logprobs: number[][];
  mean_cross_entropy: number;
}

interface ModelFixture {
  parameter_count: number;
  sequences: number[][];
  batches: { left: Batch; right: Batch };
  greedy: { max_new_tokens: number; ids: number[][] };
  gradient_global_norm: number;
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

describe.each(['gpt2', 'llama', 'llama3-rope', 'qwen2', 'qwen3', 'smollm'])('%s', (name) => {
  const fixture = goldenFixture<ModelFixture>('models', name);
  let decoder: Decoder;

  beforeAll(() => {
    const config = decoderConfigFrom(JSON.parse(readFileSync(goldenPath('models', name, 'config.json'), 'utf8')));
    const index = goldenPath('models', name, 'model.safetensors.index.json');
    const { tensors } = readSafetensors(existsSync(index) ? index : goldenPath('models', name, 'model.safetensors'));
    decoder = Decoder.from(config, new Map([...tensors].map(([key, { data }]) => [key, data])));
  });
  afterAll(() => decoder.dispose());

  test('has as many parameters as transformers counts', () => {
    expect(decoder.parameters.count).toBe(fixture.parameter_count);
  });

  test.each(['left', 'right'] as const)('logits, padded on the %s', (side) => {
    const { input_ids, attention_mask } = fixture.batches[side];
    const expected = readSafetensors(goldenPath('models', name, 'expected.safetensors')).tensors.get(`${side}.logits`)!;
    const vocabulary = expected.shape[2]!;
    const logits = tf.tidy(() => {
      const hidden = decoder.hidden(tf.tensor2d(input_ids, undefined, 'int32'), tf.tensor2d(attention_mask, undefined, 'int32'));
      return decoder.logits(tf.reshape(hidden, [-1, decoder.config.width]) as tf.Tensor2D);
    });
    const isToken = attention_mask.flat();
    const ofTokens = (values: Float32Array) => values.filter((_, i) => isToken[Math.floor(i / vocabulary)] === 1);
    expect(worstError(ofTokens(logits.dataSync() as Float32Array), ofTokens(expected.data))).toBeLessThan(tolerance.logits);
    logits.dispose();
  });

  test.each(['left', 'right'] as const)('log-probs, loss and every gradient, padded on the %s', (side) => {
    const { input_ids, attention_mask, token_logprobs, mean_cross_entropy } = fixture.batches[side];
    const before = tf.memory().numTensors;
    const isTarget = attention_mask.map((row) => row.slice(1).map((m, t) => m * row[t]!));
    const targets = isTarget.flat().reduce((a, b) => a + b, 0);
    let logProbs: number[] = [];
    const { value, gradients } = valueAndGradients(() => {
      const ids = tf.tensor2d(input_ids, undefined, 'int32');
      const hidden = decoder.hidden(ids, tf.tensor2d(attention_mask, undefined, 'int32'));
      const own = tf.mul(responseLogProbs(decoder, hidden, ids, 1, 1).logProbs, tf.tensor2d(isTarget));
      logProbs = Array.from(own.dataSync());
      return tf.neg(tf.div(tf.sum(own), targets));
    }, decoder.parameters);

    expect(worstError(logProbs, token_logprobs.flat())).toBeLessThan(tolerance.logProbs);
    expect(worstError([value], [mean_cross_entropy])).toBeLessThan(tolerance.losses);
    const expected = readSafetensors(goldenPath('models', name, 'gradients.safetensors')).tensors;
    const worst = decoder.parameters.manifest.map((info) => {
      const error = worstError(gradients.get(info.name).dataSync(), expected.get(info.name)!.data);
      return { name: info.name, error };
    });
    expect(worst.filter(({ error }) => !(error < tolerance.gradients))).toEqual([]);
    expect(worstError([gradients.norm()], [fixture.gradient_global_norm])).toBeLessThan(tolerance.gradientNorm);
    gradients.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('greedy continuation', async () => {
    const requests = () => fixture.sequences.map((ids) => ({ ids, generator: Random.from(0) }));
    const options = { maxNewTokens: fixture.greedy.max_new_tokens, stopIds: [], temperature: 0, topK: 0, topP: 1 };
    const answers = await generate(decoder, requests(), options);
    expect(answers.map(({ ids }) => ids)).toEqual(fixture.greedy.ids);
    expect(answers.every(({ terminated }) => !terminated)).toBe(true);
    // Where another backend writes, the first answers left a copy of the weights there; further ones leave nothing.
    const before = tf.memory().numTensors;
    await generate(decoder, requests(), options);
    expect(tf.memory().numTensors).toBe(before);
  });
});
