import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Parameters } from '#engine/nn/parameters.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

const shapes = [
  { name: 'w', shape: [2, 3], decay: true },
  { name: 'b', shape: [3], decay: false },
];
const arrays = () =>
  new Map([
    ['w', Float32Array.of(1, 2, 3, 4, 5, 6)],
    ['b', Float32Array.of(-1, 0, 1)],
  ]);

test('a manifest lists offsets; copies are independent; prefixed and merged sets are not', () => {
  const before = tf.memory().numTensors;
  const first = Parameters.from(shapes, arrays());
  expect(first.count).toBe(9);
  expect(first.manifest.map(({ offset }) => offset)).toEqual([0, 6]);
  const copy = first.copy();
  const both = Parameters.merge(first.prefixed('policy.'), copy.prefixed('critic.'));
  expect(both.count).toBe(18);
  expect(both.manifest.map(({ name, offset }) => `${name} ${offset}`)).toEqual(['policy.w 0', 'policy.b 6', 'critic.w 9', 'critic.b 15']);
  first.load(new Map([...arrays()].map(([name, array]) => [name, array.map((x) => -x)])));
  expect([...both.get('policy.b').dataSync()]).toEqual([1, -0, -1]);
  expect([...both.get('critic.b').dataSync()]).toEqual([-1, 0, 1]);
  expect(() => Parameters.merge(first, copy)).toThrow(/both have "w"/);
  both.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('weights that do not belong are refused and change nothing', () => {
  const set = Parameters.from(shapes, arrays());
  expect(() => set.load(new Map([['w', new Float32Array(6)]]))).toThrow(/lack "b"/);
  expect(() => set.load(new Map([...arrays(), ['b', new Float32Array(4)]]))).toThrow(/"b" are 4 numbers/);
  expect(set.toArrays()).toEqual(arrays());
  set.dispose();
});

test('what the loss does not depend on has no gradient and is left alone, decay included', () => {
  const set = Parameters.from(shapes, arrays());
  const adamw = new AdamW(set, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.5 });
  const { value, gradients } = valueAndGradients(() => tf.sum(tf.square(set.get('b'))) as tf.Scalar, set);
  expect(value).toBe(2);
  expect(gradients.has('w')).toBe(false);
  expect([...gradients.get('b').dataSync()]).toEqual([-2, 0, 2]);
  expect(gradients.norm()).toBeCloseTo(Math.sqrt(8), 6);
  adamw.step(gradients, 0.1);
  expect(set.toArrays().get('w')).toEqual(arrays().get('w'));
  expect(set.toArrays().get('b')![2]).toBeCloseTo(0.9, 5); // Adam's first step is the learning rate
  gradients.dispose();
  adamw.dispose();
  set.dispose();
});

test.each([
  [{}, /has no "model_type"/],
  [{ model_type: 'mamba' }, /model type is "mamba"/],
  [{ model_type: 'gpt2', vocab_size: 9 }, /config\.json: n_embd wants a number, not nothing; n_layer /],
  [
    { model_type: 'gpt2', vocab_size: '9', n_embd: 8, n_layer: 1, n_head: 1, n_positions: 0 },
    /vocab_size wants a number, not "9"; n_positions must be more than 0, not 0\.$/,
  ],
  [{ model_type: 'gpt2', vocab_size: 9, n_embd: 10, n_layer: 1, n_head: 3, n_positions: 8 }, /not a multiple of 3 heads/],
])('config %j is refused', (json, sentence) => {
  expect(() => decoderConfigFrom(json)).toThrow(sentence);
});

test('a seed fixes fresh weights, one parameter at a time', () => {
  const json = { model_type: 'gpt2', vocab_size: 9, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 8 };
  const decoders = [1, 1, 2].map((seed) => Decoder.random(decoderConfigFrom(json), seed));
  const [first, same, other] = decoders.map(({ parameters }) => parameters.toArrays());
  expect(same).toEqual(first);
  expect(other!.get('transformer.wte.weight')).not.toEqual(first!.get('transformer.wte.weight'));
  expect(first!.get('transformer.ln_f.weight')).toEqual(new Float32Array(8).fill(1));
  expect(() => decoders[0]!.hidden(tf.zeros([1, 9], 'int32'), tf.ones([1, 9], 'int32'))).toThrow(/9 tokens is longer than the 8/);
  for (const decoder of decoders) decoder.dispose();
});
