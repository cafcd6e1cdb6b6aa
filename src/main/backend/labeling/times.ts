import type { z } from 'zod';
import type { judgeInput } from '#shared/api/labeling.ts';
import { PlainError } from '#shared/errors.ts';

export interface Times {
  shownAt: number;
  firstKeyAt: number | null;
  decidedAt: number;
}

/**
 * When a pair was shown, first touched and decided. A page whose clock is ahead decided in the future: its times are moved back to `receivedAt`, and how long
 * each took stays. @throws PlainError bad_input for an order in which nothing happens
 */
export function timesOf({ shown, firstKey, decided }: z.output<typeof judgeInput>['times'], receivedAt: number): Times {
  if (shown > decided || (firstKey !== null && (firstKey < shown || firstKey > decided))) {
    throw new PlainError(
      'bad_input',
      'By its times this judgment was made before its pair was shown, so it was not stored. Reload the page and judge the pair again.',
    );
  }
  const ahead = Math.max(0, decided - receivedAt);
  return { shownAt: shown - ahead, firstKeyAt: firstKey === null ? null : firstKey - ahead, decidedAt: decided - ahead };
}
