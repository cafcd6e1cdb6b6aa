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
        strftime_now: (format: string) => strftime(new Date(), format),
      });
    } catch (error) {
      throw new PlainError('bad_input', `The model's chat template refuses these messages: ${messageOf(error)}.`, { cause: error });
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

/** The few fields that templates use (Llama 3.1 writes today's date). */
function strftime(date: Date, format: string): string {
  const two = (n: number) => String(n).padStart(2, '0');
  const fields: Record<string, string> = {
    d: two(date.getDate()),
    m: two(date.getMonth() + 1),
    Y: String(date.getFullYear()),
    b: months[date.getMonth()]!.slice(0, 3),
    B: months[date.getMonth()]!,
    H: two(date.getHours()),
    M: two(date.getMinutes()),
  };
  return format.replace(/%([a-zA-Z])/g, (whole, field: string) => fields[field] ?? whole);
}
