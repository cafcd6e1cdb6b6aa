import { bootstrap, mostBlocks } from '#shared/agreement/bootstrap.ts';
import { fleissKappa, gwetAgreement, krippendorffAlpha, pairAgreement, pairAgreementWithoutTies } from '#shared/agreement/coefficients.ts';
import { cohenKappa } from '#shared/agreement/cohen.ts';
import { type AgreementSums, addSums, emptySums } from '#shared/agreement/sums.ts';
import { ordinalWeights } from '#shared/agreement/weights.ts';
import type { TeamAgreement } from '#shared/api/team.ts';
import { type CoupleSums, type Ledger, sides, strengths, tieSide } from './ledger.ts';

type Coefficients = Pick<TeamAgreement, 'withoutTies' | 'withTies' | 'cohen' | 'fleiss' | 'alphaNominal' | 'alphaOrdinal' | 'ac1' | 'ac2'>;

/** The coefficients of a ledger with bootstrap intervals by item. Yields between resamples, so that whoever drives it can let others work. */
export function* coefficientsOf(ledger: Ledger): Generator<undefined, Coefficients> {
  const couples = [...ledger.couples.values()];
  const statistics = (weights: Int32Array) => {
    const nominal = weighted(ledger.nominal, weights, sides);
    const ordinal = weighted(ledger.ordinal, weights, strengths);
    const share = ({ agree, n }: { agree: number; n: number }) => (n > 0 ? agree / n : null);
    return [
      share(pairAgreementWithoutTies(nominal, tieSide)),
      share(pairAgreement(nominal)),
      meanCohen(couples, weights),
      fleissKappa(nominal),
      krippendorffAlpha(nominal, 'nominal'),
      krippendorffAlpha(ordinal, 'ordinal'),
      gwetAgreement(nominal),
      gwetAgreement(ordinal, ordinalWeights(strengths)),
    ];
  };
  const whole = weighted(ledger.nominal, new Int32Array(mostBlocks).fill(1), sides);
  const untied = Math.round(pairAgreementWithoutTies(whole, tieSide).n);
  const pairs = Math.round(pairAgreement(whole).n);
  const blocks = Math.min(mostBlocks, ledger.sharedComparisons);
  // Lone judgments lie in blocks that shared items may not reach; those are drawn as they are.
  const items = ledger.sharedItems;
  const drawn = (weights: Int32Array) => {
    const all = new Int32Array(mostBlocks).fill(1);
    all.set(weights);
    return statistics(all);
  };
  const found = yield* bootstrap(blocks, drawn, [untied, pairs, pairs, items, items, items, items, items]);
  const [withoutTies, withTies, cohen, fleiss, alphaNominal, alphaOrdinal, ac1, ac2] = found.map((estimate) => estimate ?? null);
  return {
    withoutTies: withoutTies ?? null,
    withTies: withTies ?? null,
    cohen: cohen ?? null,
    fleiss: fleiss ?? null,
    alphaNominal: alphaNominal ?? null,
    alphaOrdinal: alphaOrdinal ?? null,
    ac1: ac1 ?? null,
    ac2: ac2 ?? null,
  };
}

function weighted(blocks: readonly AgreementSums[], weights: Int32Array, categories: number): AgreementSums {
  const sums = emptySums(categories);
  for (const [block, weight] of weights.entries()) if (weight > 0 && blocks[block]!.rated > 0) addSums(sums, blocks[block]!, weight);
  return sums;
}

/** The mean of Cohen's κ over pairs of people, each weighing as many pairs of responses as both judged. */
function meanCohen(couples: readonly CoupleSums[], weights: Int32Array): number | null {
  let sum = 0;
  let all = 0;
  const confusion = new Float64Array(sides * sides);
  for (const { blocks } of couples) {
    confusion.fill(0);
    let n = 0;
    for (const [block, weight] of weights.entries()) {
      if (weight === 0) continue;
      for (let cell = 0; cell < confusion.length; cell++) {
        const count = weight * blocks[block * confusion.length + cell]!;
        confusion[cell]! += count;
        n += count;
      }
    }
    const kappa = cohenKappa(confusion, sides);
    if (kappa === null) continue;
    sum += n * kappa;
    all += n;
  }
  return all > 0 ? sum / all : null;
}

/** How often two people agree, ties left out. */
export function coupleAgreement({ blocks }: CoupleSums): { agree: number; n: number } {
  let agree = 0;
  let n = 0;
  for (let block = 0; block < mostBlocks; block++) {
    const at = (first: number, second: number) => blocks[(block * sides + first) * sides + second]!;
    agree += at(0, 0) + at(2, 2);
    n += at(0, 0) + at(2, 2) + at(0, 2) + at(2, 0);
  }
  return { agree, n };
}
