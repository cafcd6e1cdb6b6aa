import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WebgpuBackend } from '#engine/backends/webgpu/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { usualLora } from '#engine/nn/lora/config.ts';
import { Random } from '#engine/nn/random.ts';
import { KeyValueCache } from '#engine/sampling/cache.ts';
import { type Generated, generate } from '#engine/sampling/generate.ts';
import { openRows } from '#engine/sampling/growing.ts';
import { worstError } from '../../../golden/load.ts';
import { closeTested, missing, openReference, openTested, patience } from './support.ts';

if (missing) console.warn(`webgpu step tests are skipped: ${missing}.`);

/** Four layers each, as the budgets of dispatches are meant; narrow, because SwiftShader computes on the CPU. */
const configs = {
  gpt2: decoderConfigFrom({ model_type: 'gpt2', vocab_size: 61, n_embd: 24, n_layer: 4, n_head: 3, n_positions: 40 }),
  llama: decoderConfigFrom({
    model_type: 'llama',
    vocab_size: 61,
    hidden_size: 24,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    intermediate_size: 40,
    max_position_embeddings: 40,
    rms_norm_eps: 1e-6,
  }),
};
const models = Object.keys(configs) as (keyof typeof configs)[];
const [batch, time, prompt] = [3, 13, 5];
/** What the two take now, and not one more: a dispatch costs the CPU tens of microseconds. */
const budgets = { gpt2: { step: 163, decode: 41 }, llama: { step: 187, decode: 51, adapted: 324 } };

const lora = { ...usualLora, rank: 2 };

/** Four updates of next-token cross-entropy, from one seed, of all parameters or of an adapter. → loss and what is trained after each */
function train(
  name: keyof typeof configs,
  isAdapted = false,
  afterStep?: (step: number) => void,
): { losses: number[]; parameters: Map<string, Float32Array>; norms: number[] } {
  const base = Decoder.random(configs[name], 3);
  const decoder = isAdapted ? base.adapted(lora, { seed: 6 }) : base;
  const optimizer = new AdamW(decoder.trainable, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 });
  const random = Random.from(5);
  const ids = Array.from({ length: batch * time }, () => Math.floor(random.uniform() * 61));
  const mask = Array.from({ length: batch * time }, (_, i) => Number(i >= 3)); // the first row begins with padding
  const [losses, norms]: [number[], number[]] = [[], []];
  for (let step = 0; step < 4; step++) {
    const { value, gradients } = valueAndGradients(() => {
      const tokens = tf.tensor2d(ids, [batch, time], 'int32');
      const hidden = decoder.hidden(tokens, tf.tensor2d(mask, [batch, time], 'int32'));
      return tf.neg(tf.mean(responseLogProbs(decoder, hidden, tokens, prompt, 1).logProbs)) as tf.Scalar;
    }, decoder.trainable);
    norms.push(optimizer.step(gradients, 0.01, 1).gradNorm);
    gradients.dispose();
    losses.push(value);
    afterStep?.(step);
  }
  const parameters = decoder.trainable.toArrays();
  optimizer.dispose();
  decoder.dispose();
  if (isAdapted) base.dispose();
  return { losses, parameters, norms };
}

const greedy = { maxNewTokens: 6, stopIds: [], temperature: 0, topK: 0, topP: 1 };
const questions = () => [[1, 2, 3], [4, 5], [6]].map((ids) => ({ ids, generator: Random.from(1) }));

/** An adapter that changes something: B is not 0, as it is at first. */
function trainedAdapter(): Decoder {
  const base = Decoder.random(configs.llama, 3);
  const random = Random.from(8);
  const fresh = base.adapted(lora, { seed: 6 });
  const weights = new Map(
    [...fresh.trainable.toArrays()].map(([name, values]) => [name, values.map((value) => value + 0.3 * random.normal())]),
  );
  fresh.dispose();
  return base.adapted(lora, { weights });
}

describe.skipIf(missing !== null)('whole steps on webgpu', { timeout: patience }, () => {
  const onCpu = new Map<string, ReturnType<typeof train>>();
  let adaptedOnCpu: ReturnType<typeof train>;
  let answersOnCpu: Generated[];
  let backend: WebgpuBackend;
  let dispatches = 0;

  beforeAll(async () => {
    const reference = await openReference();
    for (const name of models) onCpu.set(name, train(name));
    adaptedOnCpu = train('llama', true);
    const adapted = trainedAdapter();
    answersOnCpu = await generate(adapted, questions(), greedy);
    adapted.dispose();
    await reference.close();
    backend = await openTested();
    const stock = GPUComputePassEncoder.prototype.dispatchWorkgroups;
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...size) {
      dispatches++;
      return stock.apply(this, size);
    };
  });
  afterAll(() => closeTested(backend));

  test.each(models)('%s: four training steps are those of cpu, in few dispatches, and leave nothing behind', (name) => {
    const { bufferManager } = backend.device.backend;
    const seen: { dispatches: number; tensors: number; used: number; allocated: number }[] = [];
    const tensorsBefore = tf.memory().numTensors;
    const actual = train(name, false, () => {
      seen.push({
        dispatches,
        tensors: tf.memory().numTensors,
        used: bufferManager.numUsedBuffers,
        allocated: bufferManager.numBytesAllocated,
      });
      dispatches = 0;
    });
    const expected = onCpu.get(name)!;
    expect(worstError(actual.losses, expected.losses)).toBeLessThan(2e-5);
    expect(worstError(actual.norms, expected.norms)).toBeLessThan(5e-5);
    for (const [parameter, values] of expected.parameters) {
      expect(worstError(actual.parameters.get(parameter)!, values), parameter).toBeLessThan(1e-4);
    }
    const [, , third, fourth] = seen;
    console.info(`${name}: ${fourth!.dispatches} dispatches a training step`);
    expect(fourth!.dispatches).toBeLessThanOrEqual(budgets[name].step);
    expect({ ...fourth, dispatches: 0 }).toEqual({ ...third, dispatches: 0 });
    expect(tf.memory().numTensors).toBe(tensorsBefore);
    expect(backend.device.failure.error).toBeNull();
  });

  test.each(models)('%s: a decoding step takes few dispatches, and gives what the whole text gives', async (name) => {
    const decoder = Decoder.random(configs[name], 4);
    const ids = Array.from({ length: 2 * 7 }, (_, i) => (i * 17 + 5) % 61);
    const ones = (length: number) => tf.tensor2d(new Int32Array(2 * length).fill(1), [2, length], 'int32');
    const rows = (length: number) => tf.tensor2d([...ids.slice(0, length), ...ids.slice(7, 7 + length)], [2, length], 'int32');
    const cache = new KeyValueCache(decoder, 12);
    tf.tidy(() => cache.prefill(rows(5), ones(5)));
    const decoded: Float32Array[] = [];
    for (const t of [5, 6]) {
      const logits = tf.tidy(() => decoder.logits(cache.next(Int32Array.of(ids[t]!, ids[7 + t]!), Int32Array.of(t, t))));
      dispatches = 0;
      decoded.push(logits.dataSync() as Float32Array);
      logits.dispose();
    }
    dispatches = 0;
    const again = tf.tidy(() => decoder.logits(cache.next(Int32Array.of(3, 4), Int32Array.of(7, 7))));
    await again.data();
    again.dispose();
    console.info(`${name}: ${dispatches} dispatches a decoding step`);
    expect(dispatches).toBeLessThanOrEqual(budgets[name].decode);
    const whole = tf.tidy(() => {
      const hidden = tf.reshape(decoder.hidden(rows(7), ones(7)), [14, 24]) as tf.Tensor2D;
      return decoder.logits(hidden).dataSync() as Float32Array;
    });
    const line = (row: number) => whole.slice(row * 61, (row + 1) * 61);
    expect(worstError(decoded[0]!, [...line(5), ...line(12)])).toBeLessThan(2e-5);
    expect(worstError(decoded[1]!, [...line(6), ...line(13)])).toBeLessThan(2e-5);
    cache.dispose();
    decoder.dispose();
  });

  test('an adapter: four training steps are those of cpu, and it writes in as few dispatches as a plain model', async () => {
    const tensorsBefore = tf.memory().numTensors;
    const seen: number[] = [];
    const actual = train('llama', true, () => {
      seen.push(dispatches);
      dispatches = 0;
    });
    console.info(`llama with an adapter: ${seen[3]} dispatches a training step`);
    expect(seen[3]).toBeLessThanOrEqual(budgets.llama.adapted);
    expect(worstError(actual.losses, adaptedOnCpu.losses)).toBeLessThan(2e-5);
    for (const [parameter, values] of adaptedOnCpu.parameters) {
      expect(worstError(actual.parameters.get(parameter)!, values), parameter).toBeLessThan(1e-4);
    }
    const decoder = trainedAdapter();
    expect(await generate(decoder, questions(), greedy)).toEqual(answersOnCpu);
    const rows = openRows(decoder, { slots: 2, capacity: 12, weights: 'f32' });
    rows
      .add([
        [1, 2, 3],
        [4, 5],
      ])
      .dispose();
    await rows.logits(Int32Array.of(6, 7), Int32Array.of(3, 2));
    dispatches = 0;
    await rows.logits(Int32Array.of(8, 9), Int32Array.of(4, 3));
    expect(dispatches).toBeLessThanOrEqual(budgets.llama.decode);
    rows.dispose();
    decoder.dispose();
    expect(tf.memory().numTensors).toBe(tensorsBefore + decoder.parameters.manifest.length); // the base is its own
    decoder.parameters.dispose();
  });

  test('a response is the same alone and among others', async () => {
    const decoder = Decoder.random(configs.gpt2, 6);
    const options = { maxNewTokens: 6, stopIds: [], temperature: 1, topK: 0, topP: 1 };
    const request = (i: number) => ({
      ids: Array.from({ length: 3 + i }, (_, t) => (7 * i + t) % 61),
      generator: Random.from(9, 'prompt', i),
    });
    const together = await generate(
      decoder,
      Array.from({ length: 18 }, (_, i) => request(i)),
      options,
    );
    for (const i of [0, 11]) expect(await generate(decoder, [request(i)], options)).toEqual([together[i]]);
    decoder.dispose();
  });

  test('more workgroups than one axis of the grid has', () => {
    const x = Float32Array.from({ length: 65_536 * 64 + 5 }, (_, i) => ((i % 1001) - 500) / 100);
    const y = tf.tidy(() => backend.kernels!.gelu!(tf.tensor2d(x, [x.length, 1])).dataSync<'float32'>());
    for (let i = 0; i < x.length; i = i + 4099 < x.length || i === x.length - 1 ? i + 4099 : x.length - 1) {
      const u = Math.sqrt(2 / Math.PI) * (x[i]! + 0.044715 * x[i]! ** 3);
      expect(y[i]).toBeCloseTo(0.5 * x[i]! * (1 + Math.tanh(u)), 5);
    }
  });
});
