import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isTooNew, nvidiaModel } from '#engine/backends/tensorflow/device.ts';

const folder = mkdtempSync(join(tmpdir(), 'plumbline-nvidia-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the driver names the GPU', () => {
  expect(nvidiaModel(join(folder, 'none'))).toBeNull();
  expect(nvidiaModel(folder)).toBeNull();
  mkdirSync(join(folder, '0000:01:00.0'));
  writeFileSync(join(folder, '0000:01:00.0', 'information'), 'Model: \t\t NVIDIA GeForce RTX 4090\nIRQ:   \t\t 85\n');
  expect(nvidiaModel(folder)).toBe('NVIDIA GeForce RTX 4090');
});

test.each([
  ['NVIDIA GeForce RTX 5090', true],
  ['NVIDIA GeForce RTX 5070 Ti', true],
  ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', true],
  ['NVIDIA B200', true],
  ['NVIDIA GeForce RTX 4090', false],
  ['NVIDIA H100 80GB HBM3', false],
  ['Quadro RTX 5000', false],
  ['NVIDIA RTX 5000 Ada Generation', false],
  ['Tesla T4', false],
])('%s: newer than TensorFlow 2.18 is %s', (model, tooNew) => {
  expect(isTooNew(model)).toBe(tooNew);
});
