import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportGguf } from '#engine/formats/gguf/export.ts';
import { tokenizerOf } from '#engine/formats/language-model.ts';
import { openModel } from '#engine/formats/open.ts';
import { floatsOf, parametersOf } from '#engine/formats/source.ts';
import { Random } from '#engine/nn/random.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { writeSafetensors } from '#engine/weights/safetensors.ts';
import { PlainError } from '#shared/errors.ts';
import { goldenPath } from '../../golden/load.ts';
import { goldenModel } from '../../support/tiny-model.ts';

/** Files of each kind; the seed makes them the same every time. */
const each = 700;
/** No file may hold anyone up for longer. CPU time of this process, since the machine may be busy. */
const longest = 2000;

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

const smollm = goldenPath('models', 'smollm');
const texts = ['Hello, world! 123', '  naïve 😀\n\n<|im_start|>x', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'];

/** A few bytes changed, a piece cut out, doubled or filled, a number blown up; most of it within the first `header` bytes, where the lies are. */
function mutated(original: Uint8Array, header: number, random: Random): Uint8Array {
  const below = (limit: number) => Math.floor(random.uniform() * limit);
  let bytes = new Uint8Array(original); // a Buffer's own slice would share its memory
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const at = below(Math.max(1, random.uniform() < 0.9 ? Math.min(header, bytes.length) : bytes.length));
    const length = 1 + below(16);
    switch (below(7)) {
      case 0:
        bytes[at] = below(256);
        break;
      case 1:
        bytes[at] = bytes[at]! ^ (1 << below(8));
        break;
      case 2:
        bytes.fill(random.uniform() < 0.5 ? 0xff : 0, at, at + length);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 5:
        bytes = bytes.slice(0, at);
        break;
      default:
        new DataView(bytes.buffer).setBigUint64(Math.min(at, Math.max(0, bytes.length - 8)), 2n ** BigInt(below(64)), true);
    }
    if (bytes.length < 9) return bytes;
  }
  return bytes;
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** Taken, or refused with a sentence, and soon. */
function soonAndPlain(work: () => void): 'taken' | 'refused' {
  const before = process.cpuUsage();
  let outcome: 'taken' | 'refused' = 'taken';
  try {
    work();
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    outcome = 'refused';
  }
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(longest);
  return outcome;
}

function readWhole(path: string): void {
  const source = openModel(path);
  try {
    for (const [, tensor] of parametersOf(source)) floatsOf(tensor);
    const tokenizer = tokenizerOf(source);
    for (const text of texts) tokenizer?.decode(tokenizer.encode(text));
  } finally {
    source.close();
  }
}

/** Most are refused; some changes hit nothing that matters. Neither outcome alone would show that the test reaches what it is for. */
function expectBoth(outcomes: string[]): void {
  expect(outcomes.filter((outcome) => outcome === 'refused').length).toBeGreaterThan(each / 4);
  expect(outcomes.filter((outcome) => outcome === 'taken').length).toBeGreaterThan(0);
}

let gguf: Uint8Array;
let safetensors: Uint8Array;
beforeAll(async () => {
  const model = goldenModel(smollm);
  const tokenizer = Tokenizer.load(smollm);
  await exportGguf(join(folder, 'a.gguf'), { ...model, tokenizer, name: 'a', license: null, storage: 'Q8_0' }, async () => {});
  gguf = readFileSync(join(folder, 'a.gguf'));
  writeSafetensors(join(folder, 'a.safetensors'), new Map(model.parameters.map(([name, { shape, data }]) => [name, { shape, data }])));
  safetensors = readFileSync(join(folder, 'a.safetensors'));
});

test(`${each} mutated GGUF files`, () => {
  const path = join(folder, 'mutated.gguf');
  expectBoth(
    Array.from({ length: each }, (_, i) => {
      writeFileSync(path, mutated(gguf, 12_000, Random.from(1, i)));
      return soonAndPlain(() => readWhole(path));
    }),
  );
});

test(`${each} mutated safetensors files`, () => {
  const path = join(folder, 'weights');
  mkdirSync(path);
  writeFileSync(join(path, 'config.json'), readFileSync(join(smollm, 'config.json')));
  expectBoth(
    Array.from({ length: each }, (_, i) => {
      writeFileSync(join(path, 'model.safetensors'), mutated(safetensors, 4000, Random.from(2, i)));
      return soonAndPlain(() => readWhole(path));
    }),
  );
});

test(`${each} mutated tokenizers`, () => {
  const path = join(folder, 'tokenizer');
  mkdirSync(path);
  for (const name of readdirSync(smollm)) writeFileSync(join(path, name), readFileSync(join(smollm, name)));
  const names = ['tokenizer.json', 'tokenizer_config.json', 'config.json', 'model.safetensors.index.json'];
  expectBoth(
    Array.from({ length: each }, (_, i) => {
      const name = names[i % 10 < 7 ? 0 : (i % 10) - 6]!;
      const original = readFileSync(join(smollm, name));
      writeFileSync(join(path, name), mutated(original, original.length, Random.from(3, i)));
      const outcome = soonAndPlain(() => readWhole(path));
      writeFileSync(join(path, name), original);
      return outcome;
    }),
  );
});
