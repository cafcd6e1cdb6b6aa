import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The real language model that tests may use, and what transformers computes with it; `null` where the machine has none (it is not part of the repository). */
const folder = process.env.PLUMBLINE_MODELS ?? fileURLToPath(new URL('../../../shared/models', import.meta.url));
const name = 'smollm2-135m-instruct';

export interface ModelReference {
  cases: {
    messages: { role: 'system' | 'user' | 'assistant'; content: string }[];
    text: string;
    input_ids: number[];
    next_token_logprobs: number[];
    last_top10: { ids: number[]; logits: number[] };
    greedy_ids: number[];
    greedy_text: string;
  }[];
  encodings: { text: string; ids: number[] }[];
}

export const referenceModel: { path: string; reference: ModelReference } | null = existsSync(`${folder}/${name}.q4_1.gguf`)
  ? {
      path: `${folder}/${name}.q4_1.gguf`,
      reference: JSON.parse(readFileSync(`${folder}/${name}.reference.json`, 'utf8')) as ModelReference,
    }
  : null;

/** Why tests of it are skipped, in their names. */
export const withoutModel = referenceModel ? '' : ' (skipped: there is no SmolLM2 in PLUMBLINE_MODELS)';
