import type { z } from 'zod';
import type { judgeInput } from '#shared/api/labeling.ts';
import type { Ranking, Strength } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';

export interface Choice {
  ranking: Ranking | null;
  strength: Strength | null;
}

/**
 * What a judgment says of a comparison with the slots `slots`: a ranking that names each of them once, or none where it was set aside.
 * A tie of all, both bad, or no ranking has no strength.
 * @throws PlainError bad_input for a ranking that does not fit the comparison, or a judgment that says nothing
 */
export function choiceOf(input: z.output<typeof judgeInput>, slots: readonly number[]): Choice {
  const { ranking, skipped, flagged, bothBad } = input;
  if (skipped !== null) return { ranking: null, strength: null };
  if (ranking === null) {
    if (flagged === null && !bothBad) {
      throw new PlainError('bad_input', 'This judgment says neither which response is better nor why it was skipped. Choose again.');
    }
    return { ranking: null, strength: null };
  }
  const ranked = ranking.flat();
  if (ranked.length !== slots.length || slots.some((slot) => !ranked.includes(slot))) {
    throw new PlainError(
      'bad_input',
      `This judgment ranks responses ${ranked.join(', ')}, but the comparison has ${[...slots].sort().join(', ')}. Reload the page and judge it again.`,
    );
  }
  return { ranking, strength: ranking.length === 1 || bothBad ? null : (input.strength ?? 1) };
}
