import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { exportGguf, type GgufStorage } from '#engine/formats/gguf/export.ts';
import { openModel } from '#engine/formats/open.ts';
import { floatsOf, parametersOf } from '#engine/formats/source.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { frequencies } from '#engine/nn/rope-tables.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { fromHalf, toBfloat16, toHalf } from '#engine/weights/dtypes.ts';
import { goldenPath } from '../../golden/load.ts';
import { goldenModel, tinyTokenizer } from '../../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'gguf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const still = async () => {};
const names = ['gpt2', 'llama', 'llama3-rope', 'qwen2', 'qwen3', 'smollm'];

describe.each(names)('%s as GGUF', (name) => {
  const model = goldenModel(goldenPath('models', name));
  const decoder = decoderConfigFrom(model.config);
  const tokenizer = tinyTokenizer(decoder.vocabulary);
  const write = async (storage: GgufStorage) => {
    const path = join(folder, `${name}-${storage}.gguf`);
    await exportGguf(path, { ...model, tokenizer, name, license: 'mit', storage }, still);
    return openModel(path);
  };

  test('F32 comes back bit for bit, under the same names, and config.json says the same model', async () => {
    const source = await write('F32');
    const { huggingFace: _, rope, ...rest } = decoderConfigFrom(source.config);
    const { huggingFace: __, rope: ropeBefore, ...before } = decoder;
    expect(rest).toEqual(before);
    if (rope && ropeBefore) {
      // The four numbers of Llama 3's stretch may come back in other units; the angles are the same.
      const [again, once] = [frequencies(rope, decoder.headWidth), frequencies(ropeBefore, decoder.headWidth)];
      expect(Math.max(...again.map((value, i) => Math.abs(value / once[i]! - 1)))).toBeLessThan(2e-5);
    } else expect(rope).toBe(ropeBefore);
    expect(source.license).toBe('mit');
    for (const [parameter, tensor] of parametersOf(source)) {
      expect(floatsOf(tensor), parameter).toEqual(model.parameters.find(([other]) => other === parameter)![1].data);
    }
    source.close();
  });

  test.each([
    ['F16', (value: number) => fromHalf(toHalf(value))],
    ['BF16', (value: number) => new Float32Array(Uint32Array.of(toBfloat16(Float32Array.of(value))[0]! << 16).buffer)[0]!],
  ] as const)('%s rounds matrices once and leaves vectors alone', async (storage, rounded) => {
    const source = await write(storage);
    for (const [parameter, tensor] of parametersOf(source)) {
      const { data, shape } = model.parameters.find(([other]) => other === parameter)![1];
      expect(floatsOf(tensor), parameter).toEqual(shape.length > 1 ? data.map(rounded) : data);
    }
    source.close();
  });

  test('Q8_0 is off by at most half a step of its blocks', async () => {
    const source = await write('Q8_0');
    for (const [parameter, tensor] of parametersOf(source)) {
      const { data } = model.parameters.find(([other]) => other === parameter)![1];
      const most = data.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      const off = floatsOf(tensor).reduce((worst, value, i) => Math.max(worst, Math.abs(value - data[i]!)), 0);
      expect(off, parameter).toBeLessThanOrEqual(most * (0.5 / 127 + 2 ** -10));
    }
    source.close();
  });

  test('the tokenizer comes back', async () => {
    const source = await write('F32');
    const again = Tokenizer.from(source.files, 'a test');
    expect(again.stopIds).toEqual(tokenizer.stopIds);
    for (const text of ['abcd ab', ' ab abcdab', 'cd<end>ab', 'e de']) {
      expect(again.encode(text)).toEqual(tokenizer.encode(text));
      expect(again.decode(tokenizer.encode(text), { keepSpecial: true })).toBe(text);
    }
    source.close();
  });
});

test('a chat model keeps its template and special tokens', async () => {
  const path = goldenPath('models', 'smollm');
  const model = goldenModel(path);
  const tokenizer = Tokenizer.load(path);
  await exportGguf(join(folder, 'chat.gguf'), { ...model, tokenizer, name: 'chat', license: null, storage: 'F32' }, still);
  const source = openModel(join(folder, 'chat.gguf'));
  const again = Tokenizer.from(source.files, 'a test');
  const messages = [{ role: 'user' as const, content: 'Was 3²=9? naïve 😀' }];
  expect(again.promptText(messages)).toBe(tokenizer.promptText(messages));
  expect(again.prompt(messages)).toEqual(tokenizer.prompt(messages));
  expect(new Set(again.stopIds)).toEqual(new Set(tokenizer.stopIds));
  expect(again.padId).toBe(tokenizer.padId);
  source.close();
});
