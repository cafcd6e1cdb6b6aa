import { PlainError } from '#shared/errors.ts';
import type { GgufArchitecture } from './config.ts';
import type { Metadata } from './metadata.ts';
import { type PreTokenizer, preTokenizerNamed, preTokenizers } from './pre-tokenizers.ts';
import { mergesFromScores } from './sentence-pieces.ts';

/** llama.cpp's kinds of tokens (`llama_token_type`). */
export const tokenKind = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/**
 * The tokenizer of a GGUF file as Hugging Face's files: tokenizer.json, tokenizer_config.json, generation_config.json.
 * @throws PlainError `bad_input` for a kind of tokenizer that is not built here, `damaged` for a vocabulary that contradicts itself.
 */
export function tokenizerFromGguf(metadata: Metadata, architecture: GgufArchitecture, vocabulary: number): Map<string, string> {
  const model = metadata.text('tokenizer.ggml.model');
  if (model === undefined) return new Map();
  const tokens = metadata.texts('tokenizer.ggml.tokens') ?? [];
  const kinds = metadata.numbers('tokenizer.ggml.token_type') ?? tokens.map(() => tokenKind.normal);
  const damaged = (why: string): never => {
    throw new PlainError('damaged', `The tokenizer in ${metadata.path} is damaged: ${why}. Copy or download the model again.`);
  };
  if (tokens.length === 0 || tokens.length > vocabulary) damaged(`it has ${tokens.length} tokens for weights of ${vocabulary}`);
  if (kinds.length !== tokens.length) damaged(`it has ${tokens.length} tokens and the kinds of ${kinds.length}`);
  if (new Set(tokens).size !== tokens.length) damaged('it has a token twice');
  const added = tokens.flatMap((content, id) => {
    const kind = kinds[id];
    if (content === '' || (kind !== tokenKind.control && kind !== tokenKind.userDefined && kind !== tokenKind.unknown)) return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: kind !== tokenKind.userDefined }];
  });
  const parts =
    model === 'gpt2' ? byteLevel(metadata, architecture, tokens) : model === 'llama' ? sentencePieces(metadata, tokens, damaged) : null;
  if (!parts) {
    throw new PlainError(
      'bad_input',
      `${metadata.path} has a tokenizer of kind "${model.slice(0, 60)}", which cannot be used. Those of GPT-2's kind (byte-level BPE) and of Llama's (SentencePiece BPE) can.`,
    );
  }
  const special = (name: string) => {
    const id = metadata.number(`tokenizer.ggml.${name}_token_id`);
    if (id === undefined) return null;
    return tokens[id] ?? damaged(`its ${name} token is number ${id} of ${tokens.length}`);
  };
  const bos = special('bos');
  const addsBos = bos !== null && (metadata.flag('tokenizer.ggml.add_bos_token') ?? (model === 'llama' || beginsUnsaid(metadata)));
  const json = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: added,
    ...parts,
    post_processor: addsBos ? startingWith(bos, tokens.indexOf(bos)) : null,
  };
  const config = {
    add_bos_token: addsBos,
    bos_token: bos,
    eos_token: special('eos'),
    unk_token: model === 'llama' ? special('unknown') : null,
    pad_token: special('padding'),
    chat_template: metadata.text('tokenizer.chat_template'),
    clean_up_tokenization_spaces: false,
    model_max_length: metadata.number(`${architecture}.context_length`),
    tokenizer_class: 'PreTrainedTokenizerFast',
  };
  const ids = (...names: string[]) => names.flatMap((name) => metadata.number(`tokenizer.ggml.${name}_token_id`) ?? []);
  const stops = [...new Set(ids('eos', 'eot', 'eom'))];
  const [pad] = ids('padding');
  const [first] = ids('bos');
  const generation = { bos_token_id: first, eos_token_id: stops.length === 1 ? stops[0] : stops, pad_token_id: pad };
  return new Map([
    ['tokenizer.json', JSON.stringify(json)],
    ['tokenizer_config.json', `${JSON.stringify(config, null, 2)}\n`],
    ...(stops.length > 0 ? [['generation_config.json', `${JSON.stringify(generation, null, 2)}\n`] as const] : []),
  ]);
}

/** Llama 3 begins a text with its token where the file says nothing, as llama.cpp does. */
function beginsUnsaid(metadata: Metadata): boolean {
  return preTokenizerNamed(metadata.text('tokenizer.ggml.pre') ?? '')?.names[0] === 'llama-bpe';
}

/** GPT-2's kind: bytes written as printable characters, merged in the order of a list. */
function byteLevel(metadata: Metadata, architecture: GgufArchitecture, tokens: readonly string[]) {
  const merges = metadata.texts('tokenizer.ggml.merges') ?? [];
  const { normalizer, pre_tokenizer, ignoreMerges } = preTokenizerOf(metadata, architecture);
  return {
    normalizer,
    pre_tokenizer,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      ...{ dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: ignoreMerges },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.split(' ', 2)),
    },
  };
}

/** Older files name none; what their architecture is known to use is taken then. */
function preTokenizerOf(metadata: Metadata, architecture: GgufArchitecture): PreTokenizer {
  const usual = { gpt2: 'gpt-2', llama: undefined, qwen2: 'qwen2', qwen3: 'qwen2' }[architecture];
  const said = metadata.text('tokenizer.ggml.pre');
  const name = said === undefined || said === 'default' ? usual : said;
  const known = name === undefined ? undefined : preTokenizerNamed(name);
  if (known) return known;
  const names = preTokenizers.map((candidate) => candidate.names[0]).join(', ');
  throw new PlainError(
    'bad_input',
    `${metadata.path} cuts text into words as "${(said ?? 'default').slice(0, 60)}" does, which is not known here. Known are ${names} and their kin.`,
  );
}

/** Llama 2's kind: SentencePiece's pieces with scores, spaces written as ▁, unknown characters as their bytes. */
function sentencePieces(metadata: Metadata, tokens: readonly string[], damaged: (why: string) => never) {
  const scores = metadata.numbers('tokenizer.ggml.scores') ?? [];
  if (scores.length !== tokens.length) damaged(`it has ${tokens.length} tokens and the scores of ${scores.length}`);
  const space = metadata.flag('tokenizer.ggml.add_space_prefix') ?? true;
  const unknown = metadata.number('tokenizer.ggml.unknown_token_id');
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  return {
    normalizer: space ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] } : replace,
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(space ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: 'BPE',
      ...{ dropout: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      unk_token: unknown === undefined ? null : (tokens[unknown] ?? damaged(`its unknown token is number ${unknown} of ${tokens.length}`)),
      ...{ fuse_unk: true, byte_fallback: true, ignore_merges: false },
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: mergesFromScores(tokens, scores),
    },
  };
}

/** tokenizer.json's way to begin a text with a token when special tokens are wanted. */
function startingWith(token: string, id: number) {
  const begin = { SpecialToken: { id: token, type_id: 0 } };
  const sequence = (name: 'A' | 'B', type_id: number) => ({ Sequence: { id: name, type_id } });
  return {
    type: 'TemplateProcessing',
    single: [begin, sequence('A', 0)],
    pair: [begin, sequence('A', 0), { SpecialToken: { id: token, type_id: 1 } }, sequence('B', 1)],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}
