import type { Weights } from './weights.ts';

/**
 * Cohen's κ (1960) of two people, and weighted (1968). @param confusion `[q × q]`, row-major: how often the first said k and the second l.
 * Null where they share no item, or chance alone would have them agree always.
 */
export function cohenKappa(confusion: ArrayLike<number>, categories: number, weights: Weights | null = null): number | null {
  const q = categories;
  const rows = new Float64Array(q);
  const columns = new Float64Array(q);
  let n = 0;
  for (let k = 0; k < q; k++) {
    for (let l = 0; l < q; l++) {
      const count = confusion[k * q + l] ?? 0;
      rows[k]! += count;
      columns[l]! += count;
      n += count;
    }
  }
  if (n === 0) return null;
  let observed = 0;
  let byChance = 0;
  for (let k = 0; k < q; k++) {
    for (let l = 0; l < q; l++) {
      const weight = weights === null ? Number(k === l) : weights(k, l);
      observed += (weight * (confusion[k * q + l] ?? 0)) / n;
      byChance += (weight * rows[k]! * columns[l]!) / (n * n);
    }
  }
  return byChance < 1 ? (observed - byChance) / (1 - byChance) : null;
}
