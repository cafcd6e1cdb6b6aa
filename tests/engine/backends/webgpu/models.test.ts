import { existsSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from '#engine/backends/webgpu/open.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { goldenFixture, goldenPath, tolerance, worstError } from '../../../golden/load.ts';
import { closeTested, missing, openTested, patience } from './support.ts';

if (missing) console.warn(`webgpu tests of golden models are skipped: ${missing}.`);

interface Batch {
  input_ids: number[][];
  attention_mask: number[][];
  token_logprobs: number[][];
}

interface ModelFixture {
  sequences: number[][];
  batches: { left: Batch };
  greedy: { max_new_tokens: number; ids: number[][] };
}

/** All of them run by `npm run test:golden -- --backend webgpu`; here the two that between them use every kernel. */
describe.skipIf(missing !== null)('golden models on webgpu', { timeout: patience }, () => {
  let backend: WebgpuBackend;
  beforeAll(async () => {
    backend = await openTested();
  });
  afterAll(() => closeTested(backend));

  test.each(['gpt2', 'qwen3'])('%s: log-probabilities, every gradient, and the greedy answer are transformers’', async (name) => {
    const config = decoderConfigFrom(JSON.parse(readFileSync(goldenPath('models', name, 'config.json'), 'utf8')));
    const index = goldenPath('models', name, 'model.safetensors.index.json');
    const { tensors } = readSafetensors(existsSync(index) ? index : goldenPath('models', name, 'model.safetensors'));
    const decoder = Decoder.from(config, new Map([...tensors].map(([key, { data }]) => [key, data])));
    const fixture = goldenFixture<ModelFixture>('models', name);
    const { input_ids, attention_mask, token_logprobs } = fixture.batches.left;
    const isTarget = attention_mask.map((row) => row.slice(1).map((m, t) => m * row[t]!));
    const targets = isTarget.flat().reduce((a, b) => a + b, 0);
    let logProbs: number[] = [];
    const { gradients } = valueAndGradients(() => {
      const ids = tf.tensor2d(input_ids, undefined, 'int32');
      const hidden = decoder.hidden(ids, tf.tensor2d(attention_mask, undefined, 'int32'));
      const own = tf.mul(responseLogProbs(decoder, hidden, ids, 1, 1).logProbs, tf.tensor2d(isTarget));
      logProbs = Array.from(own.dataSync());
      return tf.neg(tf.div(tf.sum(own), targets));
    }, decoder.parameters);
    expect(worstError(logProbs, token_logprobs.flat())).toBeLessThan(tolerance.logProbs);
    const expected = readSafetensors(goldenPath('models', name, 'gradients.safetensors')).tensors;
    for (const info of decoder.parameters.manifest) {
      expect(worstError(gradients.get(info.name).dataSync(), expected.get(info.name)!.data), info.name).toBeLessThan(tolerance.gradients);
    }
    gradients.dispose();

    const requests = fixture.sequences.map((ids) => ({ ids, generator: Random.from(0) }));
    const options = { maxNewTokens: fixture.greedy.max_new_tokens, stopIds: [], temperature: 0, topK: 0, topP: 1 };
    const answers = await generate(decoder, requests, options);
    expect(answers.map(({ ids }) => ids)).toEqual(fixture.greedy.ids);
    decoder.dispose();
  });
});
