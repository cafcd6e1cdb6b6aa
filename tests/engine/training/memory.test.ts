import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { estimateMemory, loraCount, type MemoryInput, parameterCount, refusalFor } from '#shared/training/memory.ts';
import { modelShapeFrom } from '#shared/training/model-shape.ts';

const gpt2 = { model_type: 'gpt2', vocab_size: 2000, n_embd: 192, n_layer: 6, n_head: 6, n_positions: 128 };
const qwen3 = {
  model_type: 'qwen3',
  ...{ vocab_size: 2000, hidden_size: 192, intermediate_size: 512, num_hidden_layers: 6, num_attention_heads: 6, num_key_value_heads: 2 },
  ...{ head_dim: 48, max_position_embeddings: 128, rms_norm_eps: 1e-6, tie_word_embeddings: true },
};
const time = 64;

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ name: 'wasm' });
});
afterAll(() => backend.close());

const inputOf = (decoder: Decoder, change: Partial<MemoryInput> = {}): MemoryInput => ({
  ...{ method: 'sft', model: decoder.config, rewardModel: null, critic: 'head', tokensAtOnce: 1024, rowTokens: time, batchRows: 16 },
  ...{ decodingRows: 0, loraRank: null, recompute: false },
  ...change,
});

/** Bytes of distinct buffers that live at the fullest moment of a training step, weights and optimizer included. */
function peakOfStep(decoder: Decoder, rows: number): number {
  const adamw = new AdamW(decoder.trainable, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0 });
  const own = tf.backend() as tf.KernelBackend & {
    makeOutput(shape: number[], dtype: string): tf.TensorInfo;
    disposeData: (id: object, force?: boolean) => boolean;
  };
  const { makeOutput, disposeData } = own;
  const alive = new Map<object, number>();
  let bytes = 0;
  let peak = 0;
  own.makeOutput = (...values) => {
    const info = makeOutput.apply(own, values);
    alive.set(info.dataId, 4 * tf.util.sizeFromShape(values[0]));
    bytes += alive.get(info.dataId)!;
    peak = Math.max(peak, bytes);
    return info;
  };
  own.disposeData = (id, force) => {
    const gone = disposeData.call(own, id, force);
    if (gone) {
      bytes -= alive.get(id) ?? 0;
      alive.delete(id);
    }
    return gone;
  };
  const ids = tf.zeros([rows, time], 'int32') as tf.Tensor2D;
  const mask = tf.onesLike(ids);
  const { gradients } = valueAndGradients(
    () => tf.neg(tf.mean(responseLogProbs(decoder, decoder.hidden(ids, mask), ids, 1, 1).logProbs)),
    decoder.trainable,
  );
  adamw.step(gradients, 1e-3, 1);
  gradients.dispose();
  Object.assign(own, { makeOutput, disposeData });
  const still = 4 * (decoder.parameters.count + (decoder.adapter?.parameters.count ?? 0) + 2 * decoder.trainable.count);
  adamw.dispose();
  tf.dispose([ids, mask]);
  return still + peak;
}

describe.each([gpt2, qwen3])('$model_type', (json) => {
  let decoder: Decoder;
  beforeAll(() => {
    decoder = Decoder.random(decoderConfigFrom(json), 1);
  });
  afterAll(() => decoder.dispose());

  test('parameters are counted as they are', () => {
    const { huggingFace: _, ...config } = decoder.config;
    expect(config).toMatchObject({ ...modelShapeFrom(json) });
    expect(modelShapeFrom({ model_type: 'mamba' })).toBeNull();
    expect(parameterCount(decoder.config)).toBe(decoder.parameters.count);
    const adapted = decoder.adapted({ rank: 4, alpha: 8, targets: ['all-linear'], stabilized: false }, { seed: 1 });
    expect(loraCount(decoder.config, 4)).toBe(adapted.trainable.count);
    adapted.dispose();
  });

  test.each([
    { rows: 16, recompute: false, loraRank: null },
    { rows: 4, recompute: false, loraRank: null },
    { rows: 16, recompute: true, loraRank: null },
    { rows: 16, recompute: false, loraRank: 8 },
    { rows: 16, recompute: true, loraRank: 8 },
  ])('a step holds what was said: $rows rows, recomputing $recompute, LoRA $loraRank', ({ rows, recompute, loraRank }) => {
    const own =
      loraRank === null ? decoder : decoder.adapted({ rank: loraRank, alpha: 8, targets: ['all-linear'], stabilized: false }, { seed: 1 });
    own.recompute = recompute;
    const measured = peakOfStep(own, rows);
    const { total } = estimateMemory(inputOf(decoder, { batchRows: rows, recompute, loraRank }));
    own.recompute = false;
    if (own !== decoder) own.dispose();
    expect(total / measured).toBeGreaterThan(0.8);
    expect(total / measured).toBeLessThan(1.25);
  });

  test.each(['f32', 'int8'] as const)('answering holds what was said: weights in %s', (weights) => {
    const [slots, capacity] = [16, 96];
    const module = (tf.backend() as unknown as { wasm: { asm: { malloc(bytes: number): number } } }).wasm;
    const { asm } = module;
    let measured = 0;
    module.asm = {
      ...asm,
      malloc(bytes) {
        measured += bytes;
        return asm.malloc(bytes);
      },
    };
    decoder.openDecoding({ slots, capacity, weights })!.dispose();
    module.asm = asm;
    const input = (rows: number) => estimateMemory(inputOf(decoder, { decodingRows: rows, rowTokens: capacity, decodeWeights: weights }));
    expect(input(slots).cache / measured).toBeGreaterThan(0.9);
    expect(input(0).cache).toBe(0);
    // What reading all prompts at once takes is said too, and has not been taken here.
    const reading = 4 * slots * capacity * (3 * decoder.config.feedForward + 8 * decoder.config.width);
    expect((input(slots).cache - reading) / measured).toBeLessThan(1.1);
  });

  test('a run that does not fit is refused with the numbers and the mildest remedy', () => {
    const input = inputOf(decoder, { method: 'ppo', critic: 'separate', decodingRows: 64 });
    const { total } = estimateMemory(input);
    expect(refusalFor(input, total, 'this machine')).toBeNull();
    expect(refusalFor(input, total - 1, 'this machine')).toMatch(
      /needs about [\d.]+ GB .*this machine has [\d.]+ GB\. It would fit .*"Recompute activations" on\./,
    );
    expect(refusalFor(input, 1e6, 'this machine')).toMatch(/no setting makes it fit/);
  });
});
