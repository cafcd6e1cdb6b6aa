import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { Parameters } from '#engine/nn/parameters.ts';
import { restoreState, saveState } from '#engine/training/run-state.ts';
import { temporaryFolder } from '../../support/temporary.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(() => backend.close());

function trainedPair() {
  const shapes = [
    { name: 'a.weight', shape: [2, 3], decay: true },
    { name: 'a.v', shape: [3], decay: false },
  ];
  const parameters = Parameters.from(
    shapes,
    new Map([
      ['a.weight', Float32Array.from([1, -2, 3, 0.1, 1e-20, 6])],
      ['a.v', Float32Array.from([7, 8, 9])],
    ]),
  );
  return { parameters, optimizer: new AdamW(parameters, { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 }) };
}

function step({ parameters, optimizer }: ReturnType<typeof trainedPair>): void {
  const { gradients } = valueAndGradients(
    () => tf.add(tf.sum(tf.square(parameters.get('a.weight'))), tf.sum(tf.square(parameters.get('a.v')))) as tf.Scalar,
    parameters,
  );
  optimizer.step(gradients, 0.1);
  gradients.dispose();
}
const values = z.object({ step: z.number(), beta: z.number() });

test('what is restored goes on to the same bits, and float64 values keep theirs', () => {
  const folder = temporaryFolder();
  const first = trainedPair();
  step(first);
  step(first);
  saveState(folder, 2, first, { step: 2, beta: 0.1 + 0.2 });
  const second = trainedPair();
  expect(restoreState(folder, second, values)).toEqual({ step: 2, beta: 0.1 + 0.2 });
  step(first);
  step(second);
  expect(second.parameters.toArrays()).toEqual(first.parameters.toArrays());
  expect(second.optimizer.state()).toEqual(first.optimizer.state());
});

test('a run without a state begins anew; a newer state replaces the older, also within a step', () => {
  const folder = temporaryFolder();
  const trained = trainedPair();
  expect(restoreState(folder, trained, values)).toBeNull();
  saveState(folder, 1, trained, { step: 1, beta: 1 });
  saveState(folder, 1, trained, { step: 1, beta: 2 });
  saveState(folder, 2, trained, { step: 2, beta: 3 });
  expect(readdirSync(join(folder, 'state')).sort()).toEqual(['latest', 'step-2']);
  expect(restoreState(folder, trained, values)).toEqual({ step: 2, beta: 3 });
});

test('what a process left that died while saving is neither read nor kept', () => {
  const folder = temporaryFolder();
  const trained = trainedPair();
  saveState(folder, 1, trained, { step: 1, beta: 1 });
  mkdirSync(join(folder, 'state/.step-2.99.writing'));
  mkdirSync(join(folder, 'state/step-2')); // renamed, but `latest` was not
  writeFileSync(join(folder, 'state/step-2/state.json'), 'whatever');
  expect(restoreState(folder, trained, values)).toEqual({ step: 1, beta: 1 });
  saveState(folder, 2, trained, { step: 2, beta: 2 });
  expect(restoreState(folder, trained, values)).toEqual({ step: 2, beta: 2 });
  expect(readdirSync(join(folder, 'state')).sort()).toEqual(['latest', readFileSync(join(folder, 'state/latest'), 'utf8').trim()].sort());
});

test('weights that are not finite are not saved; the state before stays', () => {
  const folder = temporaryFolder();
  const trained = trainedPair();
  saveState(folder, 1, trained, { step: 1, beta: 1 });
  const arrays = trained.parameters.toArrays();
  arrays.get('a.v')![1] = Number.POSITIVE_INFINITY;
  trained.parameters.load(arrays);
  expect(() => saveState(folder, 2, trained, { step: 2, beta: 1 })).toThrow(/finite number/);
  expect(existsSync(join(folder, 'state/step-1/weights.safetensors'))).toBe(true);
});
