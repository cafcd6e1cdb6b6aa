import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { disposeBatch, fitContext, groupsByLength, padLeft, padRight, responseBatch, splitByLength } from '#engine/training/batch.ts';
import { microBatches } from '#engine/training/micro-batches.ts';
import { RowOrder } from '#engine/training/order.ts';
import { judged } from '#engine/training/reward-model.ts';
import { updateRate } from '#engine/training/update.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ name: 'cpu' });
});
afterAll(() => backend.close());

describe('padding', () => {
  test('on either side, marked by the mask also where pad is a token too', () => {
    const right = padRight(
      [
        [5, 9],
        [7, 8, 9],
      ],
      9,
    );
    expect(right.ids.arraySync()).toEqual([
      [5, 9, 9],
      [7, 8, 9],
    ]);
    expect(right.mask.arraySync()).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    const left = padLeft(
      [
        [5, 9],
        [7, 8, 9],
      ],
      0,
    );
    expect(left.ids.arraySync()).toEqual([
      [0, 5, 9],
      [7, 8, 9],
    ]);
    expect(left.mask.arraySync()).toEqual([
      [0, 1, 1],
      [1, 1, 1],
    ]);
    disposeBatch(left);
    disposeBatch(right);
    expect(tf.memory().numTensors).toBe(0);
  });

  test('each response token is predicted from the place before it', () => {
    const sequences = [
      { prompt: [1, 2, 3], response: [4, 5] },
      { prompt: [6], response: [7] },
    ];
    const batch = responseBatch(sequences, 0);
    const flat = [1, 2, 3, 4, 5, 6, 7, 0, 0, 0];
    expect([...batch.ids.dataSync()]).toEqual(flat);
    expect([...batch.targets.dataSync()]).toEqual([4, 5, 7]);
    expect([...batch.predictors.dataSync()].map((place) => flat[place])).toEqual([3, 4, 6]);
    expect(splitByLength([0.1, 0.2, 0.3], batch.lengths).map((row) => [...row])).toEqual([[0.1, 0.2], [0.3]]);
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(0);
  });
});

describe('what fits', () => {
  test('a prompt loses its left, a response nothing', () => {
    expect(fitContext({ prompt: [1, 2, 3], response: [4, 5] }, 5)).toEqual({ prompt: [1, 2, 3], response: [4, 5] });
    expect(fitContext({ prompt: [1, 2, 3], response: [4, 5] }, 3)).toEqual({ prompt: [3], response: [4, 5] });
    expect(fitContext({ prompt: [1, 2, 3], response: [4, 5] }, 2)).toBeNull();
  });

  test('a stop token is appended only where none is', () => {
    expect(judged({ prompt: [1], response: [4, 9] }, [8, 9], 8).response).toEqual([4, 9]);
    expect(judged({ prompt: [1], response: [4] }, [8, 9], 8).response).toEqual([4, 8]);
    expect(judged({ prompt: [1], response: [] }, [8, 9], 8).response).toEqual([8]);
  });
});

describe('groups', () => {
  test('by length hold every row once', () => {
    const sequences = [5, 1, 9, 2, 2].map((length) => ({ prompt: [1], response: Array.from({ length }, () => 1) }));
    const groups = groupsByLength(sequences, 2);
    expect(groups).toEqual([[1, 3], [4, 0], [2]]);
  });

  test('micro-batches hold every row once and keep to the budget, but for a row that is longer alone', () => {
    const lengths = [3, 50, 4, 4, 9, 30, 2];
    const groups = microBatches(lengths, 20);
    expect(groups.flat().sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
    for (const group of groups) {
      const width = Math.max(...group.map((i) => lengths[i]!));
      expect(group.length === 1 || group.length * width <= 20).toBe(true);
    }
  });
});

describe('order', () => {
  test('each pass goes through all rows once, in an order of its own, wherever one begins to read', () => {
    const all = new RowOrder(7, 3).rows(0, 21);
    for (let pass = 0; pass < 3; pass++) {
      const rows = all.slice(7 * pass, 7 * (pass + 1));
      expect([...rows].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
    expect(all.slice(0, 7)).not.toEqual(all.slice(7, 14));
    expect(new RowOrder(7, 3).rows(11, 18)).toEqual(all.slice(11, 18));
    expect(new RowOrder(7, 4).rows(0, 7)).not.toEqual(all.slice(0, 7));
  });

  test('no update is spent on a rate of 0, neither the first nor the last', () => {
    const rates = Array.from({ length: 10 }, (_, step) => updateRate('linear', step, 10, 3, 1));
    expect(rates[0]).toBeCloseTo(1 / 3, 12);
    expect(rates[2]).toBe(1);
    expect(rates.every((rate) => rate > 0)).toBe(true);
    expect(rates.slice(2)).toEqual([...rates.slice(2)].sort((a, b) => b - a));
    expect(updateRate('constant', 9, 10, 0, 0.5)).toBe(0.5);
  });
});
