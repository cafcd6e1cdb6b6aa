/** Coefficients of agreement over {@link AgreementSums}. Each is null where it says nothing: no shared item, or no variation that chance could share. */
import type { AgreementSums } from './sums.ts';
import type { Weights } from './weights.ts';

/** (observed − by chance) / (1 − by chance) */
function beyondChance(observed: number, byChance: number): number | null {
  return byChance < 1 ? (observed - byChance) / (1 - byChance) : null;
}

function weighted(matrix: Float64Array, q: number, weights: Weights | null): number {
  let sum = 0;
  for (let k = 0; k < q; k++) {
    if (weights === null) sum += matrix[k * q + k]!;
    else for (let l = 0; l < q; l++) sum += weights(k, l) * matrix[k * q + l]!;
  }
  return sum;
}

/** How often two ratings of one item are the same, every item counting alike. */
export function itemAgreement(sums: AgreementSums): number | null {
  return sums.shared === 0 ? null : weighted(sums.itemPairs, sums.categories, null) / sums.shared;
}

/** Pairs of ratings of one item, and how many of them are the same. */
export function pairAgreement({ pairs, categories: q }: AgreementSums): { agree: number; n: number } {
  let all = 0;
  for (const value of pairs) all += value;
  return { agree: weighted(pairs, q, null) / 2, n: all / 2 };
}

/** The same over pairs of which neither rating is the tie: they agree when both are on the same side of it. Categories are ordered around `tie`. */
export function pairAgreementWithoutTies({ pairs, categories: q }: AgreementSums, tie: number): { agree: number; n: number } {
  let agree = 0;
  let n = 0;
  for (let k = 0; k < q; k++) {
    for (let l = 0; l < q; l++) {
      if (k === tie || l === tie) continue;
      n += pairs[k * q + l]!;
      if (k < tie === l < tie) agree += pairs[k * q + l]!;
    }
  }
  return { agree: agree / 2, n: n / 2 };
}

/** Fleiss' κ (1971), items rated unequally often allowed: chance is Σ π_k², π_k the mean share of category k over rated items. */
export function fleissKappa(sums: AgreementSums): number | null {
  const observed = itemAgreement(sums);
  if (observed === null) return null;
  let byChance = 0;
  for (const share of sums.shares) byChance += (share / sums.rated) ** 2;
  return beyondChance(observed, byChance);
}

/**
 * Gwet's AC1 (2008), and AC2 with weights: chance is T_w / (q (q − 1)) · Σ π_k (1 − π_k), T_w the sum of all weights (q for AC1, whose chance agreement
 * is Σ π_k (1 − π_k) / (q − 1)).
 */
export function gwetAgreement(sums: AgreementSums, weights: Weights | null = null): number | null {
  const q = sums.categories;
  if (sums.shared === 0 || q < 2) return null;
  const observed = weighted(sums.itemPairs, q, weights) / sums.shared;
  let total = weights === null ? q : 0;
  if (weights) for (let k = 0; k < q; k++) for (let l = 0; l < q; l++) total += weights(k, l);
  let spread = 0;
  for (const share of sums.shares) {
    const mean = share / sums.rated;
    spread += mean * (1 - mean);
  }
  return beyondChance(observed, (total / (q * (q - 1))) * spread);
}

/**
 * Krippendorff's α = 1 − D_observed / D_expected from coincidences o_kl and their margins n_k (Krippendorff 2011). Ordinal distance:
 * δ²_kl = (Σ_{g=k…l} n_g − (n_k + n_l) / 2)².
 */
export function krippendorffAlpha(sums: AgreementSums, level: 'nominal' | 'ordinal'): number | null {
  const { categories: q, coincidences } = sums;
  const margins = new Float64Array(q);
  for (let k = 0; k < q; k++) for (let l = 0; l < q; l++) margins[k]! += coincidences[k * q + l]!;
  const all = margins.reduce((sum, value) => sum + value, 0);
  let observed = 0;
  let expected = 0;
  for (let k = 0; k < q; k++) {
    let between = margins[k]!;
    for (let l = k + 1; l < q; l++) {
      between += margins[l]!;
      const distance = level === 'nominal' ? 1 : (between - (margins[k]! + margins[l]!) / 2) ** 2;
      observed += 2 * distance * coincidences[k * q + l]!;
      expected += 2 * distance * margins[k]! * margins[l]!;
    }
  }
  return expected > 0 ? 1 - ((all - 1) * observed) / expected : null;
}
