import type { LabelItem } from '#shared/api/labeling.ts';

/** An order of up to six responses in the making: groups of indices as shown, best first; a group of several is a tie. */
export interface Ranks {
  order: readonly (readonly number[])[];
  /** `=` was pressed: the next letter is equal to the last. */
  equal: boolean;
}

export const noRanks: Ranks = { order: [], equal: false };

/** The order in which this person ranked the item before, whether it counts or was taken back; none where they did not. */
export function ranksOf({ current, takenBack, responses }: LabelItem): Ranks {
  const ranking = (current ?? takenBack)?.ranking ?? [];
  return { order: ranking.map((group) => group.map((slot) => responses.findIndex((response) => response.slot === slot))), equal: false };
}

/** Takes response `index` as the next best, or as equal to the last one taken. One that is placed already stays where it is. */
export function pick({ order, equal }: Ranks, index: number): Ranks {
  if (order.some((group) => group.includes(index))) return { order, equal };
  const last = order.at(-1);
  if (equal && last) return { order: [...order.slice(0, -1), [...last, index]], equal: false };
  return { order: [...order, [index]], equal: false };
}

/**
 * Puts response `index`, dragged, at a place of its own before group `at`, or into that group as a tie. One that was placed leaves its old place.
 * `groups` is the order as it is shown, what has fallen into its place included.
 */
export function drop(groups: readonly (readonly number[])[], index: number, at: number, tied: boolean): Ranks {
  const rest = groups.map((group) => group.filter((other) => other !== index));
  const order = tied
    ? rest.map((group, rank) => (rank === at ? [...group, index] : group))
    : [...rest.slice(0, at), [index], ...rest.slice(at)];
  return { order: order.filter((group) => group.length > 0), equal: false };
}

/** The next letter will be equal to the last; pressed again, it will not. */
export function tie({ order, equal }: Ranks): Ranks {
  return { order, equal: order.length > 0 && !equal };
}

/** Undoes the last press. */
export function takeBack({ order, equal }: Ranks): Ranks {
  const last = order.at(-1);
  if (equal || !last) return { order, equal: false };
  const rest = order.slice(0, -1);
  return { order: last.length > 1 ? [...rest, last.slice(0, -1)] : rest, equal: false };
}

/** The whole order of `count` responses once no more than one is left to place (that one comes last, or ties); null before. */
export function complete({ order, equal }: Ranks, count: number): number[][] | null {
  const left = Array.from({ length: count }, (_, index) => index).filter((index) => !order.some((group) => group.includes(index)));
  if (left.length > 1) return null;
  const [only] = left;
  return (only === undefined ? { order } : pick({ order, equal }, only)).order.map((group) => [...group]);
}

/** `1st`, `2nd, tied`, or null for one that has no place yet. A tie of two for second place is followed by the fourth. */
export function placeOf({ order }: Ranks, index: number): string | null {
  let before = 0;
  for (const group of order) {
    if (group.includes(index)) return `${ordinal(before + 1)}${group.length > 1 ? ', tied' : ''}`;
    before += group.length;
  }
  return null;
}

const ordinal = (place: number) => ['1st', '2nd', '3rd'][place - 1] ?? `${place}th`;
