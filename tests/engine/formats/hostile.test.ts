import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { convert } from '#engine/formats/convert.ts';
import { exportGguf } from '#engine/formats/gguf/export.ts';
import { tokenizerOf } from '#engine/formats/language-model.ts';
import { openModel } from '#engine/formats/open.ts';
import { parametersOf } from '#engine/formats/source.ts';
import { readSafetensors, writeSafetensors } from '#engine/weights/safetensors.ts';
import { PlainError } from '#shared/errors.ts';
import { goldenPath } from '../../golden/load.ts';
import { goldenModel, tinyTokenizer } from '../../support/tiny-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'hostile-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A whole model: the golden one that has a tokenizer. */
function copyOf(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of readdirSync(goldenPath('models', 'smollm'))) copyFileSync(goldenPath('models', 'smollm', file), join(path, file));
  return path;
}

function changeJson(path: string, change: (json: Record<string, unknown>) => void): void {
  const json = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(json);
  writeFileSync(path, JSON.stringify(json));
}

/** Everything that an import does before it writes. */
function take(path: string): void {
  const source = openModel(path);
  try {
    parametersOf(source);
    tokenizerOf(source);
  } finally {
    source.close();
  }
}

test('a whole folder is taken', () => {
  expect(() => take(copyOf('whole'))).not.toThrow();
});

const cases: [what: string, spoil: (path: string) => void, sentence: RegExp][] = [
  ['config.json is missing', (path) => rmSync(join(path, 'config.json')), /holds no config\.json/],
  ['config.json is a list', (path) => writeFileSync(join(path, 'config.json'), '[]'), /is not the configuration of a model/],
  ['config.json is not UTF-8', (path) => writeFileSync(join(path, 'config.json'), Uint8Array.of(0x7b, 0xff, 0xfe)), /not UTF-8/],
  [
    'another architecture',
    (path) => changeJson(join(path, 'config.json'), (json) => Object.assign(json, { model_type: 'gemma2' })),
    /"gemma2"; gpt2, llama, mistral, qwen2 and qwen3/,
  ],
  [
    'a sliding window',
    (path) => changeJson(join(path, 'config.json'), (json) => Object.assign(json, { model_type: 'mistral', sliding_window: 16 })),
    /slides over a window/,
  ],
  [
    'quantized weights',
    (path) => changeJson(join(path, 'config.json'), (json) => Object.assign(json, { quantization_config: { quant_method: 'gptq' } })),
    /quantized by gptq/,
  ],
  [
    'a model of absurd size',
    (path) => changeJson(join(path, 'config.json'), (json) => Object.assign(json, { hidden_size: 2 ** 40, head_dim: 16 })),
    /: hidden_size must be at most/,
  ],
  [
    'weights for one layer more',
    (path) =>
      changeJson(join(path, 'config.json'), (json) => Object.assign(json, { num_hidden_layers: Number(json.num_hidden_layers) + 1 })),
    /lacks the weights/,
  ],
  [
    'weights for one layer less',
    (path) =>
      changeJson(join(path, 'config.json'), (json) => Object.assign(json, { num_hidden_layers: Number(json.num_hidden_layers) - 1 })),
    /does not use here/,
  ],
  [
    'a million layers',
    (path) => changeJson(join(path, 'config.json'), (json) => Object.assign(json, { num_hidden_layers: 1e9 })),
    /: num_hidden_layers must be at most 1000, not 1000000000/,
  ],
  ['no weights at all', (path) => rmSync(join(path, 'model.safetensors.index.json')), /no model\.safetensors, only/],
  [
    'a shard elsewhere',
    (path) =>
      changeJson(join(path, 'model.safetensors.index.json'), (json) => {
        const map = json.weight_map as Record<string, string>;
        map[Object.keys(map)[0]!] = '../../etc/model.safetensors';
      }),
    /names a shard outside its folder/,
  ],
  [
    'two shards with one tensor',
    (path) => {
      const shards = readdirSync(path).filter((name) => name.startsWith('model-0'));
      const [one, two] = shards.map((name) => readSafetensors(join(path, name)).tensors) as [Map<string, never>, Map<string, never>];
      const [first] = one.keys();
      writeSafetensors(join(path, shards[1]!), new Map([...two, [first!, one.get(first!)!]]));
    },
    /in two of its files/,
  ],
  [
    'a link in place of the weights',
    (path) => {
      const [shard] = readdirSync(path).filter((name) => name.startsWith('model-0')) as [string];
      rmSync(join(path, shard));
      symlinkSync(goldenPath('models', 'smollm', shard), join(path, shard));
    },
    /is a link/,
  ],
  [
    'a link in place of config.json',
    (path) => {
      rmSync(join(path, 'config.json'));
      symlinkSync('/etc/passwd', join(path, 'config.json'));
    },
    /is a link/,
  ],
  [
    'a folder in place of tokenizer.json',
    (path) => {
      rmSync(join(path, 'tokenizer.json'));
      mkdirSync(join(path, 'tokenizer.json'));
    },
    /is no plain file/,
  ],
  ['a tokenizer of endless brackets', (path) => writeFileSync(join(path, 'tokenizer.json'), '['.repeat(5_000_000)), /tokenizer\.json/],
  ['a config of endless size', (path) => writeFileSync(join(path, 'config.json'), ' '.repeat(9 * 2 ** 20)), /no honest file/],
  [
    'a tokenizer nested without end',
    (path) => {
      const text = readFileSync(join(path, 'tokenizer.json'), 'utf8');
      const nested = `${'{"type":"Sequence","normalizers":['.repeat(100_000)}${']}'.repeat(100_000)}`;
      writeFileSync(join(path, 'tokenizer.json'), text.replace('"normalizer": null', `"normalizer": ${nested}`));
    },
    /nests too deep/,
  ],
  [
    'a chat template without end',
    (path) =>
      changeJson(join(path, 'tokenizer_config.json'), (json) => {
        json.chat_template =
          '{% for a in range(9000) %}{% for b in range(9000) %}{% for c in range(9000) %}{% endfor %}{% endfor %}{% endfor %}';
      }),
    /chat template in .* does not come to an end/,
  ],
  [
    'a pattern that runs away',
    (path) =>
      changeJson(join(path, 'tokenizer.json'), (json) => {
        json.pre_tokenizer = { type: 'Split', pattern: { Regex: '(z+)+$' }, behavior: 'Isolated', invert: false };
      }),
    /does not come to an end/,
  ],
  [
    'parts of no length',
    (path) =>
      changeJson(join(path, 'tokenizer.json'), (json) => {
        json.pre_tokenizer = { type: 'FixedLength', length: 0 };
      }),
    /parts of no length/,
  ],
  [
    'a token of number two billion',
    (path) =>
      changeJson(join(path, 'tokenizer.json'), (json) => {
        const { vocab } = json.model as { vocab: Record<string, number> };
        vocab[Object.keys(vocab)[0]!] = 2e9;
      }),
    /no usable number/,
  ],
  [
    'an empty special token',
    (path) =>
      changeJson(join(path, 'tokenizer.json'), (json) => {
        (json.added_tokens as { content: string }[])[0]!.content = '';
      }),
    /added_tokens/,
  ],
  [
    'a stop token beyond the weights',
    (path) => writeFileSync(join(path, 'generation_config.json'), JSON.stringify({ eos_token_id: 999_999 })),
    /do not belong together/,
  ],
  [
    'a chat template that is none',
    (path) => changeJson(join(path, 'tokenizer_config.json'), (json) => Object.assign(json, { chat_template: '{% for x in %}' })),
    /chat template cannot be read/,
  ],
];

test.each(cases)('%s: refused with a sentence', (what, spoil, sentence) => {
  const path = copyOf(what.replaceAll(/\W/g, '-'));
  spoil(path);
  expect(() => take(path)).toThrow(PlainError);
  expect(() => take(path)).toThrow(sentence);
});

describe('an import that ends early', () => {
  test('a stop in the middle leaves nothing behind', async () => {
    const target = join(folder, 'out', 'model');
    mkdirSync(join(folder, 'out'));
    const source = openModel(copyOf('stopped'));
    const stop = new Error('stopped');
    await expect(convert(source, target, 'base', async () => Promise.reject(stop))).rejects.toBe(stop);
    source.close();
    expect(readdirSync(join(folder, 'out'))).toEqual([]);
  });

  test('a shard that ends while it is read leaves nothing behind', async () => {
    mkdirSync(join(folder, 'short-out'));
    const path = copyOf('short');
    const source = openModel(path);
    const [shard] = readdirSync(path).filter((name) => name.startsWith('model-0')) as [string];
    writeFileSync(join(path, shard), readFileSync(join(path, shard)).subarray(0, -100));
    await expect(convert(source, join(folder, 'short-out', 'model'), 'base', async () => {})).rejects.toThrow(/ends early/);
    source.close();
    expect(readdirSync(join(folder, 'short-out'))).toEqual([]);
  });
});

describe('a GGUF file that lies', () => {
  let whole: Buffer;
  beforeAll(async () => {
    const model = goldenModel(goldenPath('models', 'llama'));
    const path = join(folder, 'whole.gguf');
    const vocabulary = Number(model.config.vocab_size);
    await exportGguf(
      path,
      { ...model, tokenizer: tinyTokenizer(vocabulary), name: 'whole', license: null, storage: 'F32' },
      async () => {},
    );
    whole = readFileSync(path);
  });

  const at = (text: string) => whole.indexOf(text, 0, 'utf8');
  /** Where the description of a tensor goes on after its name. */
  const behind = (name: string) => at(name) + name.length;
  const lies: [what: string, change: (bytes: Buffer) => Buffer | undefined, sentence: RegExp][] = [
    ['of version 9', (bytes) => void bytes.writeUInt32LE(9, 4), /version 9/],
    ['with 2⁶³ tensors', (bytes) => void bytes.writeBigUInt64LE(2n ** 63n, 8), /claims 9223372036854776000 tensors/],
    ['with 2⁶³ keys', (bytes) => void bytes.writeBigUInt64LE(2n ** 63n, 16), /entries of metadata/],
    ['with a key of 2⁶³ bytes', (bytes) => void bytes.writeBigUInt64LE(2n ** 63n, 24), /a text of 9223372036854776000 bytes/],
    ['with a list of 2⁶³ values', (bytes) => void bytes.writeBigUInt64LE(2n ** 63n, behind('tokenizer.ggml.merges') + 8), /a list of/],
    ['of another architecture', (bytes) => void bytes.write('mamba', behind('general.architecture') + 12), /architecture "mamba"/],
    [
      'with a tensor of 2⁶² columns',
      (bytes) => void bytes.writeBigUInt64LE(2n ** 62n, behind('output_norm.weight') + 4),
      /output_norm\.weight/,
    ],
    ['with 5 dimensions', (bytes) => void bytes.writeUInt32LE(5, behind('output_norm.weight')), /has 5 dimensions/],
    ['with a tensor of a type unread', (bytes) => void bytes.writeUInt32LE(10, behind('output_norm.weight') + 12), /stored as Q2_K/],
    [
      'with a tensor beyond its end',
      (bytes) => void bytes.writeBigUInt64LE(2n ** 40n, behind('output_norm.weight') + 16),
      /reaches beyond its end/,
    ],
    [
      'with a tensor at 2⁶³',
      (bytes) => void bytes.writeBigUInt64LE(2n ** 63n, behind('output_norm.weight') + 16),
      /reaches beyond its end/,
    ],
    ['with tensors that overlap', (bytes) => void bytes.writeBigUInt64LE(0n, behind('output_norm.weight') + 16), /overlaps/],
    ['with a tensor out of line', (bytes) => void bytes.writeBigUInt64LE(7n, behind('output_norm.weight') + 16), /not aligned/],
    [
      'with a tensor twice',
      (bytes) => void bytes.write('blk.0.attn_q.weight', at('blk.1.attn_q.weight')),
      /"blk\.0\.attn_q\.weight" twice/,
    ],
    ['with a key twice', (bytes) => void bytes.write('general.name', at('general.type')), /general\.name/],
    ['cut in its header', (bytes) => bytes.subarray(0, 400), /is claimed where/],
    ['cut in its weights', (bytes) => bytes.subarray(0, bytes.length - 64), /reaches beyond its end/],
    ['of four bytes', (bytes) => bytes.subarray(0, 4), /does not begin as a GGUF file/],
  ];
  test.each(lies)('%s: refused with a sentence', (_, change, sentence) => {
    const bytes = Buffer.from(whole);
    const path = join(folder, 'lying.gguf');
    writeFileSync(path, change(bytes) ?? bytes);
    expect(() => take(path)).toThrow(PlainError);
    expect(() => take(path)).toThrow(sentence);
  });
});

test('what is no model is refused', () => {
  writeFileSync(join(folder, 'notes.txt'), 'hello');
  expect(() => openModel(join(folder, 'notes.txt'))).toThrow(/is no model/);
  expect(() => openModel(join(folder, 'nowhere'))).toThrow(/There is no model/);
  const linked = join(folder, 'linked.gguf');
  symlinkSync('/dev/zero', linked);
  expect(() => openModel(linked)).toThrow(/is no model/);
  cpSync(goldenPath('models', 'gpt2'), join(folder, 'bare'), { recursive: true });
  const source = openModel(join(folder, 'bare'));
  expect(tokenizerOf(source)).toBeNull();
  source.close();
});
