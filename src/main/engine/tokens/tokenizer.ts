import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import type { Message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { ChatTemplate } from './chat-template.ts';

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);

const tokenizerConfig = z.looseObject({
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  pad_token: token.nullish(),
  chat_template: z.union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))]).nullish(),
});

const generationConfig = z.looseObject({ eos_token_id: z.union([z.int(), z.array(z.int())]).nullish(), pad_token_id: z.int().nullish() });

/** Files that make up a tokenizer; the first two are required. */
export const tokenizerFiles = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json', 'chat_template.jinja'] as const;

/** Text to token ids and back, and messages to a prompt, as the model's own files say. */
export class Tokenizer {
  readonly padId: number;
  readonly eosId: number;
  /** Tokens that end a response: EOS and those of generation_config.json. */
  readonly stopIds: readonly number[];
  /** The files it was read from, to be written beside weights again. */
  readonly files: ReadonlyMap<string, string>;
  readonly #tokenizer: HuggingFaceTokenizer;
  readonly #template: ChatTemplate | null;
  readonly #bosToken: string;
  readonly #eosToken: string;

  private constructor(folder: string, files: ReadonlyMap<string, string>) {
    this.files = files;
    const parsed = (name: (typeof tokenizerFiles)[number]) => parseJson(join(folder, name), files.get(name) ?? '{}');
    const config = check(join(folder, 'tokenizer_config.json'), tokenizerConfig, parsed('tokenizer_config.json'));
    const generation = check(join(folder, 'generation_config.json'), generationConfig, parsed('generation_config.json'));
    try {
      this.#tokenizer = new HuggingFaceTokenizer(parsed('tokenizer.json') as object, config);
    } catch (error) {
      throw new PlainError('bad_input', `The tokenizer in ${folder} cannot be used: ${error instanceof Error ? error.message : error}.`, {
        cause: error,
      });
    }
    const named = config.chat_template;
    const template =
      files.get('chat_template.jinja') ?? (Array.isArray(named) ? named.find(({ name }) => name === 'default')?.template : named);
    this.#template = template ? new ChatTemplate(template) : null;
    this.#bosToken = config.bos_token ?? '';
    this.#eosToken = config.eos_token ?? '';

    const listed = [generation.eos_token_id ?? []].flat();
    const eosId = this.#idOf(config.eos_token) ?? listed[0];
    if (eosId === undefined)
      throw new PlainError('bad_input', `The tokenizer in ${folder} names no end-of-text token ("eos_token" in tokenizer_config.json).`);
    this.eosId = eosId;
    this.stopIds = [...new Set([eosId, ...listed])];
    this.padId = this.#idOf(config.pad_token) ?? generation.pad_token_id ?? eosId;
  }

  /** @throws PlainError `not_found` or `bad_input`. */
  static load(folder: string): Tokenizer {
    const files = new Map<string, string>();
    for (const name of tokenizerFiles) {
      const path = join(folder, name);
      if (existsSync(path)) files.set(name, readFileSync(path, 'utf8'));
      else if (name.startsWith('tokenizer')) throw new PlainError('not_found', `The model in ${folder} has no ${name}.`);
    }
    return new Tokenizer(folder, files);
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

  #idOf(token: string | null | undefined): number | undefined {
    return token == null ? undefined : this.#tokenizer.token_to_id(token);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PlainError('bad_input', `${path} is not JSON: ${error instanceof Error ? error.message : error}.`, { cause: error });
  }
}

function check<Schema extends z.ZodType>(path: string, schema: Schema, json: unknown): z.infer<Schema> {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new PlainError('bad_input', `${path}: "${issue.path.join('.')}": ${issue.message}.`);
}
