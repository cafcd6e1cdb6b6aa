import type { ExportPreview } from '#shared/api/data.ts';

/** What a judgment says of two responses, by their slots: the first of them (0) was better, the second (1), or neither. A ranking of K says so of K(K − 1)/2 pairs. */
export interface JudgedPair {
  comparisonId: string;
  slots: readonly [number, number];
  better: 0 | 1 | 'tie' | 'both_bad';
}

/** Slots of a comparison. */
export interface Verdict {
  comparisonId: string;
  chosen: number;
  rejected: number;
}

/**
 * One verdict a pair of responses from all its judgments, by an explicit policy (spec/formats.md): the majority decides; as many votes for either side is a
 * disagreement and is dropped; a tie is dropped, or written once each way (`half`), or forbidden (`error`, counted for the caller to refuse).
 */
export function verdictsOf(
  judgments: readonly JudgedPair[],
  ties: 'drop' | 'half' | 'error',
): { verdicts: Verdict[]; dropped: ExportPreview['dropped'] } {
  const votes = new Map<string, Pick<JudgedPair, 'comparisonId' | 'slots'> & Record<'first' | 'second' | 'ties' | 'bothBad', number>>();
  for (const { comparisonId, slots, better } of judgments) {
    const pair = `${comparisonId} ${slots.join()}`;
    const count = votes.get(pair) ?? { comparisonId, slots, first: 0, second: 0, ties: 0, bothBad: 0 };
    votes.set(pair, count);
    if (better === 0) count.first += 1;
    else if (better === 1) count.second += 1;
    else if (better === 'tie') count.ties += 1;
    else count.bothBad += 1;
  }
  const verdicts: Verdict[] = [];
  const dropped = { ties: 0, bothBad: 0, disagreement: 0 };
  for (const count of votes.values()) {
    const { comparisonId, slots } = count;
    const [first, second] = [
      { comparisonId, chosen: slots[0], rejected: slots[1] },
      { comparisonId, chosen: slots[1], rejected: slots[0] },
    ];
    const untied = count.first + count.second;
    if (count.bothBad > Math.max(untied, count.ties)) dropped.bothBad += 1;
    else if (count.ties > untied) {
      if (ties === 'half') verdicts.push(first, second);
      else dropped.ties += 1;
    } else if (count.first === count.second) dropped.disagreement += 1;
    else verdicts.push(count.first > count.second ? first : second);
  }
  return { verdicts, dropped };
}
