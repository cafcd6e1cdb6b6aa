import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceTensor } from '#engine/formats/source.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { readSafetensors } from '#engine/weights/safetensors.ts';

/** A byte-level tokenizer of so many tokens, cut into words as GPT-2's (or as `preTokenizer` says); the last token ends a text. */
export function tinyTokenizer(
  vocabulary: number,
  preTokenizer: object = { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
): Tokenizer {
  const pieces = ['a', 'b', 'c', 'd', 'e', 'Ġ', 'ab', 'cd', 'abcd', 'Ġab'];
  const tokens = Array.from({ length: vocabulary - 1 }, (_, id) => pieces[id] ?? `Ċ${id}`);
  const json = {
    version: '1.0',
    added_tokens: [
      { id: vocabulary - 1, content: '<end>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true },
    ],
    normalizer: null,
    pre_tokenizer: preTokenizer,
    post_processor: null,
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      ...{ unk_token: null, byte_fallback: false, ignore_merges: false },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: [
        ['a', 'b'],
        ['c', 'd'],
        ['ab', 'cd'],
        ['Ġ', 'ab'],
      ],
    },
  };
  const files = [
    ['tokenizer.json', JSON.stringify(json)],
    ['tokenizer_config.json', JSON.stringify({ eos_token: '<end>', clean_up_tokenization_spaces: false })],
  ] as const;
  return Tokenizer.from(new Map(files), 'a test');
}

export interface GoldenModel {
  config: Record<string, unknown>;
  parameters: [name: string, tensor: SourceTensor & { data: Float32Array }][];
}

/** A model folder's parameters under their full names, as float32. */
export function goldenModel(folder: string): GoldenModel {
  const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  const index = join(folder, 'model.safetensors.index.json');
  const { tensors } = readSafetensors(existsSync(index) ? index : join(folder, 'model.safetensors'));
  const parameters = Decoder.shapes(decoderConfigFrom(config)).map(({ name, shape }) => {
    const { data } = (tensors.get(name) ?? tensors.get(name.slice(name.indexOf('.') + 1)))!;
    const chunks = () => [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
    return [name, { dtype: 'F32' as const, shape, data, chunks }] satisfies GoldenModel['parameters'][number];
  });
  return { config, parameters };
}
