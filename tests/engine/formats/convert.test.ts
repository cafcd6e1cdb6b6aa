import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openBackend } from '#engine/backends/open.ts';
import { convert } from '#engine/formats/convert.ts';
import { openModel } from '#engine/formats/open.ts';
import { CheckpointLoader } from '#engine/weights/checkpoint.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';
import { checkpointManifest } from '#shared/jobs.ts';
import { goldenPath } from '../../golden/load.ts';
import { goldenModel } from '../../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'convert-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a sharded folder becomes one checkpoint with the very same weights, stored as they were', async () => {
  const smollm = goldenPath('models', 'smollm');
  const given = join(folder, 'given');
  mkdirSync(given);
  for (const name of readdirSync(smollm)) writeFileSync(join(given, name), readFileSync(join(smollm, name)));
  writeFileSync(join(given, 'README.md'), '---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n');
  const source = openModel(given);
  const progress: number[] = [];
  await convert(source, join(folder, 'taken'), 'sft', async (done, total) => void progress.push(done / total));
  source.close();
  expect(progress.at(-1)).toBe(1);
  expect(progress).toEqual(progress.toSorted((a, b) => a - b));

  const { tensors } = readSafetensors(join(folder, 'taken', 'model.safetensors'));
  const { parameters } = goldenModel(smollm);
  expect([...tensors.keys()].toSorted()).toEqual(parameters.map(([name]) => name).toSorted());
  for (const [name, { data, shape }] of parameters) expect(tensors.get(name)).toEqual({ dtype: 'BF16', shape, data });
  expect(checkpointManifest.parse(JSON.parse(readFileSync(join(folder, 'taken', 'plumbline.json'), 'utf8')))).toEqual({
    format: 1,
    kind: 'sft',
    reward: null,
    origin: { format: 'safetensors', name: 'given', license: 'apache-2.0', storage: 'BF16' },
  });

  const backend = await openBackend({ name: 'cpu' });
  const { decoder, tokenizer } = new CheckpointLoader().load(join(folder, 'taken'));
  const trained = goldenModel(smollm).config;
  expect(decoder.config.huggingFace).toEqual(trained);
  expect(tokenizer.stopIds[0]).toBe(trained.eos_token_id);
  decoder.dispose();
  await backend.close();
});
