import type { ExportPreview } from '#shared/api/data.ts';

/** A judgment as an export sees it: which response, by its text, was better. */
export interface JudgedPair {
  comparisonId: string;
  better: 0 | 1 | 'tie' | 'both_bad';
}

export interface Verdict {
  comparisonId: string;
  chosen: 0 | 1;
}

/**
 * One verdict a comparison from all its judgments, by an explicit policy (spec/formats.md): the majority decides; as many votes for either side is a
 * disagreement and is dropped; a tie is dropped, or written once each way (`half`), or forbidden (`error`, counted for the caller to refuse).
 */
export function verdictsOf(
  judgments: readonly JudgedPair[],
  ties: 'drop' | 'half' | 'error',
): { verdicts: Verdict[]; dropped: ExportPreview['dropped'] } {
  const votes = new Map<string, { first: number; second: number; ties: number; bothBad: number }>();
  for (const { comparisonId, better } of judgments) {
    const count = votes.get(comparisonId) ?? { first: 0, second: 0, ties: 0, bothBad: 0 };
    votes.set(comparisonId, count);
    if (better === 0) count.first += 1;
    else if (better === 1) count.second += 1;
    else if (better === 'tie') count.ties += 1;
    else count.bothBad += 1;
  }
  const verdicts: Verdict[] = [];
  const dropped = { ties: 0, bothBad: 0, disagreement: 0 };
  for (const [comparisonId, count] of votes) {
    const untied = count.first + count.second;
    if (count.bothBad > Math.max(untied, count.ties)) dropped.bothBad += 1;
    else if (count.ties > untied) {
      if (ties === 'half') verdicts.push({ comparisonId, chosen: 0 }, { comparisonId, chosen: 1 });
      else dropped.ties += 1;
    } else if (count.first === count.second) dropped.disagreement += 1;
    else verdicts.push({ comparisonId, chosen: count.first > count.second ? 0 : 1 });
  }
  return { verdicts, dropped };
}
