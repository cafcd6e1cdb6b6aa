import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import type { Tokenizer } from '../../tokens/tokenizer.ts';
import { preTokenizerOf } from './pre-tokenizers.ts';
import { tokenKind } from './tokenizer.ts';
import type { GgufEntry } from './write.ts';

const tokenizerParts = z.looseObject({
  added_tokens: z.array(z.looseObject({ id: z.int(), content: z.string(), special: z.boolean().optional() })),
  normalizer: z.unknown(),
  pre_tokenizer: z.unknown(),
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.record(z.string(), z.int()),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    byte_fallback: z.boolean().nullish(),
    unk_token: z.string().nullish(),
  }),
});
const configParts = z.looseObject({ add_bos_token: z.boolean().nullish(), chat_template: z.unknown() });

/**
 * A tokenizer as GGUF's metadata. `vocabulary`: rows of the embedding; ids beyond the tokenizer's own get names of their own.
 * @throws PlainError `bad_input` for one that llama.cpp has no name for.
 */
export function tokenizerEntries(tokenizer: Tokenizer, vocabulary: number): [string, GgufEntry][] {
  const parsed = tokenizerParts.safeParse(JSON.parse(tokenizer.files.get('tokenizer.json') ?? '{}'));
  if (!parsed.success) throw noName('it is no BPE');
  const { added_tokens: added, model, normalizer, pre_tokenizer } = parsed.data;
  const tokens = Array.from({ length: vocabulary }, (_, id) => `[PAD${id}]`);
  const kinds: number[] = tokens.map(() => tokenKind.unused);
  for (const [token, id] of Object.entries(model.vocab)) {
    if (id >= vocabulary)
      throw new PlainError('bad_input', `The tokenizer has token ${id}, and the weights know ${vocabulary}: they do not belong together.`);
    tokens[id] = token;
    kinds[id] = model.byte_fallback && /^<0x[0-9A-F]{2}>$/.test(token) ? tokenKind.byte : tokenKind.normal;
  }
  for (const { id, content, special } of added) {
    if (id >= vocabulary) continue;
    tokens[id] = content;
    kinds[id] = content === model.unk_token ? tokenKind.unknown : special ? tokenKind.control : tokenKind.userDefined;
  }
  const pairs = model.merges.map((merge) => (typeof merge === 'string' ? (merge.split(' ', 2) as [string, string]) : merge));
  const kind = model.byte_fallback ? sentencePieces(tokens, pairs, normalizer) : byteLevel(pairs, { normalizer, pre_tokenizer });
  return [
    ...kind,
    ['tokenizer.ggml.tokens', { kind: 'texts', value: tokens }],
    ['tokenizer.ggml.token_type', { kind: 'i32s', value: kinds }],
    ...special(tokenizer, tokens),
  ];
}

function byteLevel(pairs: readonly [string, string][], json: { normalizer: unknown; pre_tokenizer: unknown }): [string, GgufEntry][] {
  const known = preTokenizerOf(json);
  if (!known) throw noName('it cuts text into words by a pattern of its own');
  return [
    ['tokenizer.ggml.model', { kind: 'text', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { kind: 'text', value: known.names[0]! }],
    ['tokenizer.ggml.merges', { kind: 'texts', value: pairs.map((pair) => pair.join(' ')) }],
  ];
}

/** Scores that make SentencePiece merge in the order of the list: the earlier a piece can first be made, the higher. */
function sentencePieces(tokens: readonly string[], pairs: readonly [string, string][], normalizer: unknown): [string, GgufEntry][] {
  const rank = new Map<string, number>();
  for (const [place, pair] of pairs.entries()) if (!rank.has(pair.join(''))) rank.set(pair.join(''), place);
  const scores = tokens.map((token) => -(rank.get(token) ?? pairs.length));
  const prepends = JSON.stringify(normalizer ?? null).includes('"Prepend"');
  return [
    ['tokenizer.ggml.model', { kind: 'text', value: 'llama' }],
    ['tokenizer.ggml.pre', { kind: 'text', value: 'default' }],
    ['tokenizer.ggml.scores', { kind: 'f32s', value: scores }],
    ['tokenizer.ggml.add_space_prefix', { kind: 'bool', value: prepends }],
  ];
}

function special(tokenizer: Tokenizer, tokens: readonly string[]): [string, GgufEntry][] {
  const { eosId, padId, bosId, stopIds, template } = tokenizer;
  const config = configParts.safeParse(JSON.parse(tokenizer.files.get('tokenizer_config.json') ?? '{}'));
  const eot = stopIds.find((id) => id !== eosId);
  const unknown = tokens.indexOf('<unk>');
  const id = (name: string, value: number | undefined): [string, GgufEntry][] =>
    value === undefined || value < 0 ? [] : [[`tokenizer.ggml.${name}_token_id`, { kind: 'u32', value }]];
  return [
    ...id('bos', bosId),
    ...id('eos', eosId),
    ...id('eot', eot),
    ...id('padding', padId),
    ...id('unknown', unknown),
    ['tokenizer.ggml.add_bos_token', { kind: 'bool', value: tokenizer.beginsWithBos || config.data?.add_bos_token === true }],
    ...(template === null ? [] : [['tokenizer.chat_template', { kind: 'text', value: template }] satisfies [string, GgufEntry]]),
  ];
}

function noName(why: string): PlainError {
  return new PlainError(
    'bad_input',
    `The tokenizer of this model cannot be written as GGUF: ${why}. Export the model as a Hugging Face folder.`,
  );
}
