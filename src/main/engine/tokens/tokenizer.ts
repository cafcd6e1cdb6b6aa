import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import type { Message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { refusedSettings } from '#shared/training/refused-settings.ts';
import { modelFile, parseModelJson } from '../formats/model-file.ts';
import { interruptible, TookTooLong } from '../interruptible.ts';
import { ChatTemplate } from './chat-template.ts';
import { tokenizerFiles } from './files.ts';
import { type Step, tokenizerJson } from './tokenizer-json.ts';

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);

const tokenizerConfig = z.looseObject({
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  pad_token: token.nullish(),
  chat_template: z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))]).nullish(),
});

const generationConfig = z.looseObject({ eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(), pad_token_id: z.int().nullish() });

/** Milliseconds for a chat template to write two messages. */
const patience = 1500;

/** Text to token ids and back, and messages to a prompt, as the model's own files say. */
export class Tokenizer {
  readonly padId: number;
  readonly eosId: number;
  /** Tokens that end a response: EOS, those of generation_config.json, and the one that the chat template puts after an answer. */
  readonly stopIds: readonly number[];
  /** The files it was read from, to be written beside weights again. */
  readonly files: ReadonlyMap<string, string>;
  readonly #tokenizer: HuggingFaceTokenizer;
  /** The chat template's source; null for a model without one. */
  readonly template: string | null;
  /** The token that begins a text, where the model has one. */
  readonly bosId: number | undefined;
  /** Whether its own post-processor puts that token before every text. Nothing here does so unasked: a chat template writes it out where it belongs. */
  readonly beginsWithBos: boolean;
  readonly #template: ChatTemplate | null;
  readonly #bosToken: string;
  readonly #eosToken: string;

  private constructor(files: ReadonlyMap<string, string>, where: string) {
    this.files = files;
    const parsed = (name: (typeof tokenizerFiles)[number]) => parseModelJson(join(where, name), files.get(name) ?? '{}');
    const config = check(join(where, 'tokenizer_config.json'), tokenizerConfig, parsed('tokenizer_config.json'));
    const generation = check(join(where, 'generation_config.json'), generationConfig, parsed('generation_config.json'));
    const json = check(join(where, 'tokenizer.json'), tokenizerJson, parsed('tokenizer.json'));
    try {
      this.#tokenizer = new HuggingFaceTokenizer({ ...json, pre_tokenizer: exactDigits(json.pre_tokenizer) }, config);
    } catch (error) {
      throw new PlainError('bad_input', `The tokenizer in ${where} cannot be used: ${error instanceof Error ? error.message : error}.`, {
        cause: error,
      });
    }
    const named = config.chat_template;
    const template =
      files.get('chat_template.jinja') ?? (Array.isArray(named) ? named.find(({ name }) => name === 'default')?.template : named);
    this.template = template || null;
    this.#template = template ? new ChatTemplate(template) : null;
    this.#bosToken = config.bos_token ?? '';
    this.#eosToken = config.eos_token ?? '';

    this.bosId = this.#idOf(config.bos_token);
    this.beginsWithBos = this.bosId !== undefined && this.#tokenizer.encode('a').ids[0] === this.bosId;

    const listed = [generation.eos_token_id ?? []].flat();
    const eosId = this.#idOf(config.eos_token) ?? listed[0];
    if (eosId === undefined)
      throw new PlainError('bad_input', `The tokenizer in ${where} names no end-of-text token ("eos_token" in tokenizer_config.json).`);
    this.eosId = eosId;
    this.stopIds = [...new Set([eosId, ...listed, ...this.#endOfAnswer(where)])];
    this.padId = this.#idOf(config.pad_token) ?? generation.pad_token_id ?? eosId;
  }

  /**
   * The tokenizer of a model folder.
   * @throws PlainError `not_found` or `bad_input`.
   */
  static load(folder: string): Tokenizer {
    const files = new Map<string, string>();
    for (const name of tokenizerFiles) {
      const text = modelFile(folder, name);
      if (text !== undefined) files.set(name, text);
    }
    return Tokenizer.from(files, folder);
  }

  /**
   * A tokenizer of files by name (`tokenizerFiles`); `where` they came from is for sentences.
   * @throws PlainError `not_found` or `bad_input`.
   */
  static from(files: ReadonlyMap<string, string>, where: string): Tokenizer {
    for (const name of tokenizerFiles.slice(0, 2)) {
      if (!files.has(name)) throw new PlainError('not_found', `The model in ${where} has no ${name}.`);
    }
    return new Tokenizer(files, where);
  }

  /** Ids of the text alone: no special token is added, though one that is spelled out in the text is recognized. */
  encode(text: string): number[] {
    return this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
  }

  decode(ids: readonly number[], options: { keepSpecial?: boolean } = {}): string {
    if (ids.length === 0) return '';
    return this.#tokenizer.decode([...ids], { skip_special_tokens: !options.keepSpecial, clean_up_tokenization_spaces: false });
  }

  /** Ids of a conversation by the model's chat template, up to where its answer begins. Without a template: the contents, a blank line after each. */
  prompt(messages: readonly Message[]): number[] {
    return this.encode(this.promptText(messages));
  }

  /** What `prompt` encodes. */
  promptText(messages: readonly Message[]): string {
    if (!this.#template) return messages.map(({ content }) => `${content}\n\n`).join('');
    return this.#template.render({ messages, addGenerationPrompt: true, bosToken: this.#bosToken, eosToken: this.#eosToken });
  }

  /** Every token with the text that it stands for, and whether it is a special one: what the model sees. */
  pieces(ids: readonly number[]): { id: number; text: string; special: boolean }[] {
    const special = this.#specialIds();
    return ids.map((id) => ({ id, text: this.decode([id], { keepSpecial: true }), special: special.has(id) }));
  }

  /**
   * The special token right after an answer in the chat template: a model ends with it whatever its EOS is. None for a template that refuses to say.
   * @throws PlainError `bad_input` for a template that does not come to an end.
   */
  #endOfAnswer(where: string): number[] {
    const template = this.#template;
    if (!template) return [];
    const answer = 'Plumbline';
    const messages: Message[] = [
      { role: 'user', content: 'What?' },
      { role: 'assistant', content: answer },
    ];
    try {
      const text = interruptible(patience, () =>
        template.render({ messages, addGenerationPrompt: false, bosToken: this.#bosToken, eosToken: this.#eosToken }),
      );
      const [next] = this.encode(
        text
          .slice(text.lastIndexOf(answer) + answer.length)
          .trimStart()
          .slice(0, 1000),
      );
      return next !== undefined && this.#specialIds().has(next) ? [next] : [];
    } catch (error) {
      if (!(error instanceof TookTooLong)) return [];
      throw new PlainError(
        'bad_input',
        `The chat template in ${where} does not come to an end on a short conversation, so the model cannot be used. Download it again from a place that you trust.`,
        { cause: error },
      );
    }
  }

  #specialIds(): ReadonlySet<number> {
    return new Set(this.#tokenizer.get_added_tokens_decoder().keys());
  }

  #idOf(token: string | null | undefined): number | undefined {
    return token == null ? undefined : this.#tokenizer.token_to_id(token);
  }
}

/**
 * The library's `Digits` knows 0 to 9 alone; tokenizers proper means every numeral of Unicode.
 */
function exactDigits(step: Step | null): Step | null {
  if (step?.type === 'Sequence' && Array.isArray(step.pretokenizers)) {
    return { ...step, pretokenizers: step.pretokenizers.map((inner) => exactDigits(inner as Step)) };
  }
  if (step?.type !== 'Digits') return step;
  return { type: 'Split', pattern: { Regex: step.individual_digits === true ? '\\p{N}' : '\\p{N}+' }, behavior: 'Isolated', invert: false };
}

function check<Schema extends z.ZodType>(path: string, schema: Schema, json: unknown): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new PlainError('bad_input', `${path}: ${refusedSettings(result.error, json)}.`);
}
