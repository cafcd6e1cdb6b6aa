import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { type Checkpoint, loadCheckpoint, saveCheckpoint } from '#engine/weights/checkpoint.ts';
import { goldenPath } from '../../golden/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'checkpoint-'));
let backend: Backend;
let source: Checkpoint;
beforeAll(async () => {
  backend = await openBackend({ name: 'cpu' });
  source = loadCheckpoint(goldenPath('models', 'smollm'));
});
afterAll(async () => {
  source.decoder.dispose();
  rmSync(folder, { recursive: true });
  await backend.close();
});

test('a downloaded folder is a base model', () => {
  expect(source.manifest).toEqual({ format: 1, kind: 'base', reward: null });
  expect(source.scoreHead).toBeNull();
});

test('a checkpoint is read again as it was written, over an older one, with nothing left beside it', () => {
  const target = join(folder, 'policy');
  for (const kind of ['sft', 'policy'] as const) saveCheckpoint(target, { ...source, manifest: { format: 1, kind, reward: null } });
  expect(readdirSync(folder)).toEqual(['policy']);
  const again = loadCheckpoint(target);
  expect(again.manifest.kind).toBe('policy');
  expect(again.decoder.parameters.toArrays()).toEqual(source.decoder.parameters.toArrays());
  expect(again.tokenizer.encode('Hello, world!')).toEqual(source.tokenizer.encode('Hello, world!'));
  expect(JSON.parse(readFileSync(join(target, 'config.json'), 'utf8')).dtype).toBe('float32');
  again.decoder.dispose();
});

test('bfloat16 weights stay what they are, at half the size', () => {
  const target = join(folder, 'half');
  saveCheckpoint(target, source, { dtype: 'BF16' });
  const again = loadCheckpoint(target);
  expect(again.decoder.parameters.toArrays()).toEqual(source.decoder.parameters.toArrays()); // the fixture is bfloat16
  again.decoder.dispose();
});

test('a reward model keeps its head, gain and bias', () => {
  const target = join(folder, 'reward');
  const weight = Float32Array.from({ length: source.decoder.config.width }, (_, i) => Math.sin(i));
  const manifest = { format: 1, kind: 'reward', reward: { gain: 2, bias: -0.5 } } as const;
  saveCheckpoint(target, { ...source, manifest, scoreHead: { weight, bias: 0.25 } });
  const again = loadCheckpoint(target);
  expect(again.scoreHead).toEqual({ weight, bias: 0.25 });
  expect(again.manifest).toEqual(manifest);
  expect(JSON.parse(readFileSync(join(target, 'config.json'), 'utf8')).architectures).toEqual(['LlamaForSequenceClassification']);
  again.decoder.dispose();
});

test('a sequence classifier of transformers, whose untied head is absent, loads', () => {
  const from = goldenPath('reward', 'model');
  const target = join(folder, 'classifier');
  cpSync(from, target, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) cpSync(goldenPath('models', 'smollm', name), join(target, name));
  const { scoreHead, decoder } = loadCheckpoint(target);
  expect(scoreHead!.weight.length).toBe(decoder.config.width);
  decoder.dispose();
});

test('what cannot be used is refused with a sentence, and leaves no tensor', () => {
  const target = join(folder, 'broken');
  const before = tf.memory().numTensors;
  saveCheckpoint(target, source);
  const manifest = join(target, 'plumbline.json');
  const kept = readFileSync(manifest);
  writeFileSync(manifest, JSON.stringify({ format: 2 }));
  expect(() => loadCheckpoint(target)).toThrow(/newer Plumbline/);
  writeFileSync(manifest, '{"format": 1}');
  expect(() => loadCheckpoint(target)).toThrow(/damaged/);
  writeFileSync(manifest, kept);
  truncateSync(join(target, 'model.safetensors'), 5_000);
  expect(() => loadCheckpoint(target)).toThrow(/is damaged/);
  rmSync(join(target, 'config.json'));
  expect(() => loadCheckpoint(target)).toThrow(/There is no model in .*config.json is missing/);
  expect(tf.memory().numTensors).toBe(before);
});
