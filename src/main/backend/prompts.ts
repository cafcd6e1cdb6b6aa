import { createHash } from 'node:crypto';
import type { Message, Split } from '#shared/domain.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Hash of a prompt's or a response's messages, byte for byte as they came. */
export function messagesHash(messages: readonly Message[]): string {
  return sha256(JSON.stringify(messages.map(({ role, content }) => [role, content])));
}

/** Hash of a comparison, whatever the order of its responses. */
export function comparisonHash(promptHash: string, responseHashes: readonly string[]): string {
  return sha256([promptHash, ...responseHashes.toSorted()].join('\n'));
}

/**
 * Near-duplicates share a family, and so their split: case, digits, punctuation and white space aside they are the same text.
 * Text without any letter keeps its exact form, so that unrelated formulas do not fall together.
 */
export function promptFamily(messages: readonly Message[]): string {
  const whole = messages.map(({ content }) => content).join('\n');
  const letters = whole
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}]+/gu, ' ')
    .trim();
  return sha256(letters === '' ? whole : letters);
}

/** The split of a family, drawn from its hash alone: decided before any response exists, the same on every machine. */
export function splitOfFamily(family: string, heldOutShare = 0.2): Split {
  return Number.parseInt(family.slice(0, 8), 16) / 2 ** 32 < heldOutShare ? 'held_out' : 'train';
}
