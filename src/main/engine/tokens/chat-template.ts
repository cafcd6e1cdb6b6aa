import { Template } from '@huggingface/jinja';
import type { Message } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';

export interface ChatValues {
  messages: readonly Message[];
  addGenerationPrompt: boolean;
  bosToken: string;
  eosToken: string;
  tools?: unknown;
}

/** A Jinja chat template, rendered as transformers renders it. */
export class ChatTemplate {
  readonly #template: Template;

  /** @throws PlainError `bad_input` when the template cannot be parsed. */
  constructor(source: string) {
    try {
      this.#template = new Template(source);
    } catch (error) {
      throw new PlainError('bad_input', `The model's chat template cannot be read: ${messageOf(error)}.`, { cause: error });
    }
  }

  /** @throws PlainError `bad_input` with the template's own words when it refuses these messages. */
  render({ messages, addGenerationPrompt, bosToken, eosToken, tools }: ChatValues): string {
    try {
      return this.#template.render({
        messages: messages as unknown[],
        add_generation_prompt: addGenerationPrompt,
        bos_token: bosToken,
        eos_token: eosToken,
        tools: tools ?? null,
      });
    } catch (error) {
      throw new PlainError('bad_input', `The model's chat template refuses these messages: ${messageOf(error)}.`, { cause: error });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
