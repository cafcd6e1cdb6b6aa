import { expect, test } from 'vitest';
import {
  fleissKappa,
  gwetAgreement,
  itemAgreement,
  krippendorffAlpha,
  pairAgreement,
  pairAgreementWithoutTies,
} from '#shared/agreement/coefficients.ts';
import { cohenKappa } from '#shared/agreement/cohen.ts';
import { sumsOf } from '#shared/agreement/sums.ts';
import { linearWeights, ordinalWeights, quadraticWeights } from '#shared/agreement/weights.ts';
import { goldenFixture } from '../../golden/load.ts';

interface Table {
  ratings: (number | null)[][];
  categories: number[];
  tie_category: number;
  agreement: Record<string, number> & { cohen_kappa: Record<'none' | 'linear' | 'quadratic', number | null> };
}
const { agreement_tables: tables } = goldenFixture<{ agreement_tables: Table[] }>('statistics');

const close = (actual: number | null, expected: number) => expect(Math.abs(actual! - expected)).toBeLessThan(1e-9);

test.each(tables.map((table, index) => [index, table] as const))(
  'agreement table %i',
  (_, { ratings, categories, tie_category, agreement }) => {
    const q = categories.length;
    const index = (rating: number | null) => (rating === null ? null : categories.indexOf(rating));
    const indexed = ratings.map((row) => row.map(index));
    const sums = sumsOf(indexed, q);
    close(gwetAgreement(sums), agreement.gwet_ac1!);
    close(gwetAgreement(sums, linearWeights(q)), agreement.gwet_ac2_linear!);
    close(gwetAgreement(sums, quadraticWeights(q)), agreement.gwet_ac2_quadratic!);
    close(gwetAgreement(sums, ordinalWeights(q)), agreement.gwet_ac2_ordinal!);
    close(fleissKappa(sums), agreement.fleiss_kappa!);
    close(krippendorffAlpha(sums, 'nominal'), agreement.krippendorff_nominal!);
    close(krippendorffAlpha(sums, 'ordinal'), agreement.krippendorff_ordinal!);
    close(itemAgreement(sums), agreement.raw_agreement_item_mean!);
    const all = pairAgreement(sums);
    expect(all.n).toBeCloseTo(agreement.pairs!, 9);
    close(all.agree / all.n, agreement.raw_agreement_pairs!);
    const untied = pairAgreementWithoutTies(sums, index(tie_category)!);
    expect(untied.n).toBeCloseTo(agreement.pairs_without_ties!, 9);
    close(untied.agree / untied.n, agreement.raw_agreement_pairs_without_ties!);
    if (agreement.cohen_kappa.none === null) return;
    const confusion = new Float64Array(q * q);
    for (const [a, b] of indexed) if (a !== null && b !== null) confusion[a! * q + b!]! += 1;
    close(cohenKappa(confusion, q), agreement.cohen_kappa.none);
    close(cohenKappa(confusion, q, linearWeights(q)), agreement.cohen_kappa.linear!);
    close(cohenKappa(confusion, q, quadraticWeights(q)), agreement.cohen_kappa.quadratic!);
  },
);
