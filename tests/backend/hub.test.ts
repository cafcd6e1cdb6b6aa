import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { downloadModel } from '#backend/models/hub.ts';
import { goldenPath } from '../golden/load.ts';
import { type FakeHub, startFakeHub } from '../support/fake-hub.ts';
import { temporaryFolder } from '../support/temporary.ts';

const smollm = goldenPath('models', 'smollm');
const wanted = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors.index.json'];
const shards = readdirSync(smollm).filter((name) => /^model-\d/.test(name));

let hub: FakeHub;
beforeEach(async () => {
  hub = await startFakeHub(smollm);
  vi.stubEnv('HF_ENDPOINT', hub.url);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const download = (folder: string, rest: Partial<Parameters<typeof downloadModel>[0]> = {}) =>
  downloadModel({
    ...{
      repository: 'tester/tiny',
      revision: 'main',
      file: null,
      token: undefined,
      folder,
      signal: new AbortController().signal,
      onProgress: () => {},
    },
    ...rest,
  });

test('what a model needs is downloaded, and nothing else', async () => {
  const folder = temporaryFolder();
  const progress: [number, number][] = [];
  expect(await download(folder, { onProgress: (done, total) => void progress.push([done, total]) })).toBe(folder);
  expect(readdirSync(folder).toSorted()).toEqual([...wanted, ...shards].toSorted());
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name)).equals(readFileSync(join(smollm, name)))).toBe(true);
  const total = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(progress.at(-1)).toEqual([total, total]);
  expect(hub.requests.some((request) => request.includes('signed in'))).toBe(false);
});

test('of several GGUF files the named one comes; without a name they are listed, and how to name one', async () => {
  const several = temporaryFolder();
  for (const name of ['tiny-q4_0.gguf', 'tiny-q8_0.gguf']) writeFileSync(join(several, name), name.repeat(100));
  const { url } = await startFakeHub(several);
  vi.stubEnv('HF_ENDPOINT', url);
  const folder = temporaryFolder();
  expect(await download(folder, { file: 'tiny-q8_0.gguf' })).toBe(join(folder, 'tiny-q8_0.gguf'));
  expect(readdirSync(folder)).toEqual(['tiny-q8_0.gguf']);
  expect(readFileSync(join(folder, 'tiny-q8_0.gguf'), 'utf8')).toBe('tiny-q8_0.gguf'.repeat(100));
  await expect(download(temporaryFolder())).rejects.toThrow(
    'tester/tiny has 2 GGUF files: tiny-q4_0.gguf, tiny-q8_0.gguf. Name the one that you want behind it, as in tester/tiny/tiny-q4_0.gguf.',
  );
  await expect(download(temporaryFolder(), { file: 'tiny.gguf' })).rejects.toThrow(
    'tester/tiny has no file tiny.gguf at main. It has tiny-q4_0.gguf, tiny-q8_0.gguf.',
  );
});

test('a GGUF file beside safetensors, or in a folder, comes alone where it is named', async () => {
  const both = temporaryFolder();
  for (const name of readdirSync(smollm)) copyFileSync(join(smollm, name), join(both, name));
  mkdirSync(join(both, 'Q8'));
  writeFileSync(join(both, 'Q8', 'tiny.gguf'), 'tiny');
  const { url } = await startFakeHub(both);
  vi.stubEnv('HF_ENDPOINT', url);
  const folder = temporaryFolder();
  expect(await download(folder, { file: 'Q8/tiny.gguf' })).toBe(join(folder, 'tiny.gguf'));
  expect(readdirSync(folder)).toEqual(['tiny.gguf']);
});

test('a download that broke off goes on where it ended', async () => {
  const folder = temporaryFolder();
  hub.breakAfter = 20_000;
  await expect(download(folder)).rejects.toThrow(/The Hub could not be reached .* the download goes on where it ended/);
  const partial = readdirSync(folder).find((name) => name.endsWith('.part'))!;
  const had = statSync(join(folder, partial)).size;
  expect(had).toBeGreaterThan(0);
  hub.breakAfter = null;
  hub.requests.length = 0;
  await download(folder);
  expect(hub.requests.some((request) => request.includes(`${partial.replace('.part', '')} bytes=${had}-`))).toBe(true);
  for (const name of shards) expect(readFileSync(join(folder, name)).equals(readFileSync(join(smollm, name)))).toBe(true);
});

test('a file with another checksum is thrown away', async () => {
  const folder = temporaryFolder();
  const [shard] = shards as [string];
  const forged = Buffer.from(readFileSync(join(smollm, shard)));
  forged[forged.length - 1]! ^= 1;
  hub.lies.set(shard, forged);
  await expect(download(folder)).rejects.toThrow(/another checksum than the Hub says/);
  expect(readdirSync(folder).some((name) => name.startsWith(shard))).toBe(false);
});

test('a token is sent where there is one, and a stop is a stop', async () => {
  const stop = new AbortController();
  const reason = new Error('stopped');
  await expect(
    download(temporaryFolder(), { token: 'hf_test', signal: stop.signal, onProgress: () => stop.abort(reason) }),
  ).rejects.toThrow();
  expect(stop.signal.aborted).toBe(true);
  expect(hub.requests.every((request) => request.includes('signed in'))).toBe(true);
});

test('a model that is not there, and a Hub that is not there, are sentences', async () => {
  await expect(download(temporaryFolder(), { repository: 'tester/other' })).rejects.toThrow(/The Hub has no model tester\/other/);
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:9');
  await expect(download(temporaryFolder())).rejects.toThrow(/The Hub could not be reached/);
});
