import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array, numbers } from './numbers.ts';
import { expectClose, onAnyThreads, product, slopes } from './support.ts';

/** log p of each row's target and the entropy of each row, in float64. */
function logProb(hidden: ArrayLike<number>, head: ArrayLike<number>, targets: ArrayLike<number>, width: number, temperature: number) {
  const [rows, vocabulary] = [hidden.length / width, head.length / width];
  const logits = product(hidden, false, head, true, { m: rows, n: vocabulary, k: width }).map((logit) => logit / temperature);
  const logProbs = new Float64Array(rows);
  const entropy = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const row = logits.slice(r * vocabulary, (r + 1) * vocabulary);
    const top = row.reduce((a, b) => Math.max(a, b));
    const logSum = top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
    logProbs[r] = row[targets[r]!]! - logSum;
    entropy[r] = -row.reduce((sum, logit) => sum + Math.exp(logit - logSum) * (logit - logSum), 0);
  }
  return { logProbs, entropy };
}

describe.each([
  { rows: 1, vocabulary: 1, width: 1, temperature: 1 },
  { rows: 5, vocabulary: 13, width: 3, temperature: 0.7 },
  { rows: 19, vocabulary: 1031, width: 17, temperature: 1 },
])('logProb of $rows rows, vocabulary $vocabulary, temperature $temperature', ({ rows, vocabulary, width, temperature }) => {
  const hidden = array(rows * width, 41, 3);
  const head = array(vocabulary * width, 42, 2);
  const dy = array(rows, 43);
  dy[0] = rows > 1 ? 0 : dy[0]!;
  const next = numbers(44);
  const targets = Int32Array.from({ length: rows }, () => Math.floor(((next() + 1) / 2) * vocabulary));

  test('equals the loops', async () => {
    const out = await onAnyThreads((kernels) => {
      const [ht, wt] = [tf.tensor2d(hidden, [rows, width]), tf.tensor2d(head, [vocabulary, width])];
      const tt = tf.tensor1d(targets, 'int32');
      const dyt = tf.tensor1d(dy);
      const { logProbs, entropy, saved } = kernels.logProb(ht, wt, tt, temperature);
      const again = kernels.logProbGradient(ht, wt, tt, temperature, dyt); // without what the forward pass saved
      const { dhidden, dhead } = kernels.logProbGradient(ht, wt, tt, temperature, dyt, true, saved);
      return { logProbs, entropy, dhidden, dhead, sameHidden: again.dhidden, sameHead: again.dhead };
    });
    expect(out.sameHidden).toEqual(out.dhidden);
    expect(out.sameHead).toEqual(out.dhead);
    const expected = logProb(hidden, head, targets, width, temperature);
    expectClose(out.logProbs!, expected.logProbs, 3e-6);
    expectClose(out.entropy!, expected.entropy, 3e-6);
    expectClose(
      out.dhidden!,
      slopes(hidden, dy, (point) => logProb(point, head, targets, width, temperature).logProbs),
      2e-5,
    );
    if (vocabulary > 100) return;
    expectClose(
      out.dhead!,
      slopes(head, dy, (point) => logProb(hidden, point, targets, width, temperature).logProbs),
      2e-5,
    );
  });
});

test('several chunks of rows (a vocabulary of half a million) give what one gives', async () => {
  const [rows, vocabulary, width] = [5, 524_309, 2];
  const hidden = array(rows * width, 45, 3);
  const head = array(vocabulary * width, 46);
  const targets = Int32Array.from([0, 1, 262_144, 524_308, 7]);
  const backend = await openWasm(2);
  const [ht, wt] = [tf.tensor2d(hidden, [rows, width]), tf.tensor2d(head, [vocabulary, width])];
  const tt = tf.tensor1d(targets, 'int32');
  const { logProbs, entropy } = backend.kernels!.logProb!(ht, wt, tt, 1);
  const expected = logProb(hidden, head, targets, width, 1);
  expectClose(logProbs.dataSync(), expected.logProbs, 3e-6);
  expectClose(entropy.dataSync(), expected.entropy, 3e-6);
  const dy = Float32Array.of(1, -2, 0, 0.5, 3);
  const { dhead } = backend.kernels!.logProbGradient!(ht, wt, tt, 1, tf.tensor1d(dy));
  // Columns of dhead sum to zero over the vocabulary, because probabilities do to one.
  const totals = [0, 0];
  dhead!.dataSync().forEach((value, i) => {
    totals[i % width]! += value;
  });
  expectClose(totals, [0, 0], 1e-5);
  await backend.close();
});

test('a target outside the vocabulary is refused', async () => {
  const backend = await openWasm(1);
  const one = tf.ones<tf.Rank.R2>([1, 2]);
  expect(() => backend.kernels!.logProb!(one, one, tf.tensor1d([1], 'int32'), 1)).toThrow(RangeError);
  await backend.close();
});
