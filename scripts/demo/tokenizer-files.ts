import { noteWords } from '#shared/front-desk/index.ts';
import { type Vocabulary, wordPattern } from './bpe.ts';

/** Ids 0 … 3. A prompt is `<|guest|>…<|desk|>`, a reply ends with `<|end|>`. */
export const padToken = '<|pad|>';
export const guestToken = '<|guest|>';
export const deskToken = '<|desk|>';
export const endToken = '<|end|>';
export const noteToken = (note: string): string => `<|${note}|>`;
/** Notes stand behind `<|end|>` in the corpus only; no reply contains one. */
export const specialTokens: readonly string[] = [padToken, guestToken, deskToken, endToken, ...noteWords.map(noteToken)];

/** A system message, if any, is read before the guest speaks. */
const chatTemplate =
  "{%- for message in messages -%}{%- if message['role'] == 'assistant' -%}{{ '<|desk|>' + message['content'] + '<|end|>' }}" +
  "{%- elif message['role'] == 'user' -%}{{ '<|guest|>' + message['content'] }}{%- else -%}{{ message['content'] }}{%- endif -%}{%- endfor -%}" +
  "{%- if add_generation_prompt -%}{{ '<|desk|>' }}{%- endif -%}";

const added = (content: string, id: number) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
});

/** The three files of a Hugging Face model folder that say how text becomes tokens and when to stop. */
export function tokenizerFiles(
  vocabulary: Vocabulary,
): Record<'tokenizer.json' | 'tokenizer_config.json' | 'generation_config.json', unknown> {
  const idOf = (token: string): number => specialTokens.indexOf(token);
  return {
    'tokenizer.json': {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: specialTokens.map(added),
      normalizer: null,
      pre_tokenizer: {
        type: 'Sequence',
        pretokenizers: [
          { type: 'Split', pattern: { Regex: wordPattern }, behavior: 'Isolated', invert: false },
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
        ],
      },
      post_processor: null,
      decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: false,
        byte_fallback: false,
        ignore_merges: false,
        vocab: Object.fromEntries(vocabulary.tokens.map((token, id) => [token, id])),
        merges: vocabulary.merges.map(([left, right]) => `${left} ${right}`),
      },
    },
    'tokenizer_config.json': {
      tokenizer_class: 'PreTrainedTokenizerFast',
      bos_token: null,
      eos_token: endToken,
      pad_token: padToken,
      unk_token: null,
      add_bos_token: false,
      clean_up_tokenization_spaces: false,
      model_max_length: 1024,
      added_tokens_decoder: Object.fromEntries(specialTokens.map((token, id) => [String(id), { ...added(token, id), id: undefined }])),
      chat_template: chatTemplate,
    },
    'generation_config.json': {
      do_sample: true,
      temperature: 1,
      eos_token_id: idOf(endToken),
      pad_token_id: idOf(padToken),
      max_new_tokens: 64,
    },
  };
}
