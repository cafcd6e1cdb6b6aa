import type { Reproduction } from '#shared/api/runs.ts';

/** Digits of a hash that suffice where the whole one stands below. */
const shown = 12;

/** What a repetition found: for its folded row, as a sentence, and why it may differ. */
export function reproductionWords({ equal, hash, backend, recordedBackend }: Reproduction): {
  short: string;
  finding: string;
  why: string | null;
} {
  if (equal) {
    const finding = `came out the same: ${hash.slice(0, shown)}`;
    return { short: finding, finding: `It ${finding}`, why: null };
  }
  const why =
    backend === recordedBackend
      ? 'The backend is the same, so the bits should be. The model or the data files were changed since, or another version of Plumbline made them.'
      : 'The backends are not the same, and sums are rounded differently on each: equal bits are promised only on one.';
  return { short: 'came out different', finding: 'It came out different', why };
}
