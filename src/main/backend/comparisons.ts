import type { Message, Purpose } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import type { ComparisonHead } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import { comparisonHash, messagesHash, promptFamily, splitOfFamily } from './prompts.ts';

export interface NewPrompt {
  messages: Message[];
  topic: string | null;
  /** `demo`, or the name of the file it came from. */
  source: string;
  /** Null: that of its near-duplicates, else drawn from its family. */
  split: 'train' | 'held_out' | null;
  slots?: Record<string, unknown> | null;
  importId: string | null;
  id?: string;
}

/** The id of the prompt with these messages; it is added unless the project has it, with its split decided here once. */
export function addPrompt(store: Store, prompt: NewPrompt): { id: string; hash: string; added: boolean } {
  const hash = messagesHash(prompt.messages);
  const known = store.prompts.byHash(hash);
  if (known) return { id: known.id, hash, added: false };
  const family = promptFamily(prompt.messages);
  const id = prompt.id ?? newId('prm');
  store.prompts.insert({
    id,
    messages: prompt.messages,
    hash,
    family,
    topic: prompt.topic,
    source: prompt.source,
    split: prompt.split ?? store.prompts.familySplit(family) ?? splitOfFamily(family),
    slots: prompt.slots ?? null,
    importId: prompt.importId,
    createdAt: Date.now(),
  });
  return { id, hash, added: true };
}

export interface NewResponse {
  promptId: string;
  /** One answer, or whole turns. */
  text: string | Message[];
  checkpointId?: string | null;
  origin?: string | null;
  sampling?: Record<string, unknown> | null;
  seed?: number | null;
  tokenIds?: number[] | null;
  terminated?: boolean | null;
  importId?: string | null;
}

export function addResponse(store: Store, response: NewResponse): { id: string; hash: string } {
  const messages: Message[] = typeof response.text === 'string' ? [{ role: 'assistant', content: response.text }] : response.text;
  const row = {
    id: newId('rsp'),
    promptId: response.promptId,
    messages,
    hash: messagesHash(messages),
    checkpointId: response.checkpointId ?? null,
    origin: response.origin ?? null,
    sampling: response.sampling ?? null,
    seed: response.seed ?? null,
    tokenIds: response.tokenIds ?? null,
    terminated: response.terminated ?? null,
    importId: response.importId ?? null,
    createdAt: Date.now(),
  };
  store.responses.insert(row);
  return { id: row.id, hash: row.hash };
}

export interface NewComparison {
  prompt: { id: string; hash: string };
  /** By slot. */
  responses: { id: string; hash: string }[];
  purpose: Purpose;
  reportId?: string | null;
  /** False when it comes with its judgment: then it waits for nobody. */
  queued: boolean;
  importId?: string | null;
}

export function addComparison(store: Store, comparison: NewComparison): ComparisonHead {
  const id = newId('cmp');
  store.comparisons.insert({
    id,
    promptId: comparison.prompt.id,
    purpose: comparison.purpose,
    reportId: comparison.reportId ?? null,
    queued: comparison.queued,
    hash: comparisonHash(
      comparison.prompt.hash,
      comparison.responses.map(({ hash }) => hash),
    ),
    importId: comparison.importId ?? null,
    createdAt: Date.now(),
    responseIds: comparison.responses.map(({ id: responseId }) => responseId),
  });
  const head = store.comparisons.get(id);
  if (!head) throw new Error(`The comparison ${id} is not there right after it was written.`);
  return head;
}
