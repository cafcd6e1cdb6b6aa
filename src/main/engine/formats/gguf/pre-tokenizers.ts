/** How a byte-level BPE cuts text into words before it merges: the part of tokenizer.json that GGUF reduces to a name (`tokenizer.ggml.pre`; llama.cpp, `llm_load_vocab`). */
export interface PreTokenizer {
  /** Names of it in GGUF, the usual one first. */
  names: readonly string[];
  normalizer: object | null;
  pre_tokenizer: object;
  /** A whole word that is a token is taken as it is, unmerged. */
  ignoreMerges: boolean;
}

const words = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const split = (pattern: string) => ({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false });
const sequence = (...pretokenizers: object[]) => ({ type: 'Sequence', pretokenizers });

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const afterWords = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
const llama3 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}${afterWords}`;
const qwen2 = String.raw`${contractions}|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}${afterWords}`;
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const tekken = String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+|[^\r\n\p{L}\p{N}]?${upper}+${lower}*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

export const preTokenizers: readonly PreTokenizer[] = [
  { names: ['gpt-2', 'phi-2', 'mpt', 'olmo', 'jais'], normalizer: null, pre_tokenizer: words, ignoreMerges: false },
  {
    names: ['smollm', 'starcoder', 'refact', 'command-r', 'codeshell', 'exaone', 'minerva-7b'],
    normalizer: null,
    pre_tokenizer: sequence(split(String.raw`\p{N}`), words),
    ignoreMerges: false,
  },
  {
    names: ['llama-bpe', 'llama3', 'llama-v3', 'falcon3', 'falcon-h1', 'pixtral', 'midm-2.0', 'lfm2', 'dbrx', 'smaug-bpe'],
    normalizer: null,
    pre_tokenizer: sequence(split(llama3), bytes),
    ignoreMerges: true,
  },
  {
    names: ['qwen2', 'deepseek-r1-qwen', 'megrez', 'kormo', 'stablelm2', 'hunyuan'],
    normalizer: { type: 'NFC' },
    pre_tokenizer: sequence(split(qwen2), bytes),
    ignoreMerges: false,
  },
  { names: ['tekken'], normalizer: null, pre_tokenizer: sequence(split(tekken), bytes), ignoreMerges: true },
];

export function preTokenizerNamed(name: string): PreTokenizer | undefined {
  return preTokenizers.find(({ names }) => names.includes(name));
}

/** The one that a tokenizer.json has, told by its patterns; undefined when it is none of these. */
export function preTokenizerOf(json: { normalizer?: unknown; pre_tokenizer?: unknown }): PreTokenizer | undefined {
  const essence = essenceOf(json.pre_tokenizer);
  return preTokenizers.find(({ pre_tokenizer }) => essenceOf(pre_tokenizer) === essence);
}

/** What decides how text is cut, without what differs between versions of the file. */
function essenceOf(node: unknown): string {
  const parts = (value: unknown): string[] => {
    const { type, pretokenizers, pattern, use_regex } = (value ?? {}) as Record<string, unknown>;
    if (type === 'Sequence' && Array.isArray(pretokenizers)) return pretokenizers.flatMap(parts);
    if (type === 'Split') return [`split ${(pattern as { Regex?: string } | undefined)?.Regex}`];
    if (type === 'Digits') return [String.raw`split \p{N}`];
    if (type === 'ByteLevel') return use_regex === false ? ['bytes'] : ['words'];
    return [`? ${String(type)}`];
  };
  return parts(node).join('\n');
}
