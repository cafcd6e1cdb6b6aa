import { createHash } from 'node:crypto';

/**
 * The order, left to right, in which a person sees the `slots` responses of a comparison: a shuffle (Fisher–Yates) driven by the hash of both ids.
 * The same on every visit and every machine, and even over people and comparisons, so that no side and no origin is favored.
 */
export function orderShown(personId: string, comparisonId: string, slots: number): number[] {
  const digest = createHash('sha256').update(`${personId}\n${comparisonId}`).digest();
  const order = Array.from({ length: slots }, (_, slot) => slot);
  for (let last = slots - 1; last > 0; last--) {
    // 32 bits of a draw; the bias of the remainder is below 1e-8 for any comparison that a person can read.
    const pick = digest.readUInt32LE(((slots - 1 - last) * 4) % 32) % (last + 1);
    const [a, b] = [order[last] ?? 0, order[pick] ?? 0];
    order[last] = b;
    order[pick] = a;
  }
  return order;
}
