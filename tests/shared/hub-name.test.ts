import { expect, test } from 'vitest';
import { type HubName, readHubName } from '#shared/hub-name.ts';

const smollm = 'HuggingFaceTB/SmolLM2-135M-Instruct';

test.each<[string, Partial<HubName>]>([
  [smollm, {}],
  [` ${smollm}\n`, {}],
  [`${smollm}@v1.0`, { revision: 'v1.0' }],
  [`${smollm}@refs/pr/3`, { revision: 'refs/pr/3' }],
  [`${smollm}/smol-q8_0.gguf`, { file: 'smol-q8_0.gguf' }],
  [`${smollm}/Q8/smol.GGUF`, { file: 'Q8/smol.GGUF' }],
  [`${smollm}@main/smol-q8_0.gguf`, { revision: 'main', file: 'smol-q8_0.gguf' }],
  [`https://huggingface.co/${smollm}`, {}],
  [`huggingface.co/${smollm}/`, {}],
  [`http://hf.co/${smollm}?library=transformers#use`, {}],
  [`https://huggingface.co/${smollm}/tree/main`, { revision: 'main' }],
  [`https://huggingface.co/${smollm}/tree/refs%2Fpr%2F3`, { revision: 'refs/pr/3' }],
  [`https://huggingface.co/${smollm}/blob/main/a%20b.gguf`, { revision: 'main', file: 'a b.gguf' }],
  [`https://huggingface.co/${smollm}/resolve/9ab2/Q8/smol.gguf?download=true`, { revision: '9ab2', file: 'Q8/smol.gguf' }],
])('%s is understood', (text, named) => {
  expect(readHubName(text)).toEqual({ repository: smollm, revision: null, file: null, ...named });
});

test.each([
  '',
  'foo',
  'foo/',
  '/foo/bar',
  './foo/bar',
  '../foo',
  'foo/bar/baz',
  'foo/bar@',
  'foo/bar@a b',
  'foo/bar/../../x.gguf',
  'foo bar/baz',
  'https://example.com/foo/bar',
  'https://huggingface.co/foo',
  'https://huggingface.co/datasets/foo/bar',
  'https://huggingface.co/spaces/foo/bar',
  'https://huggingface.co/foo/bar/discussions',
  'https://huggingface.co/foo/bar/blob/main/README.md',
  'https://huggingface.co/foo/bar/tree/%E0%A4%A',
])('%j names no model', (text) => {
  expect(readHubName(text)).toBeNull();
});
