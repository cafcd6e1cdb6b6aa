import type { JudgmentView, LabelItem } from '#shared/api/labeling.ts';
import type { Ranking, Strength } from '#shared/domain.ts';
import { letterAt } from '#shared/ranking-letters.ts';
import type { CommandName } from '../app/keys.ts';

/** One way to answer a pair, as it hangs from the answer scale. */
export interface Answer {
  id: string;
  words: string;
  side: 'a' | 'b' | null;
  strength: Strength | null;
  bothBad: boolean;
  /** Its key, in the key map; of seven answers, its digit is its place on the scale. */
  command: CommandName | null;
}

const better = (id: string, words: string, side: 'a' | 'b', strength: Strength, command: CommandName | null): Answer => ({
  id,
  words,
  side,
  strength,
  bothBad: false,
  command,
});
const tie: Answer = { id: 'tie', words: 'Tie', side: null, strength: null, bothBad: false, command: 'label.tie' };
const betterA = better('betterA', 'A better', 'a', 1, 'label.betterA');
const betterB = better('betterB', 'B better', 'b', 1, 'label.betterB');
const muchBetterA = better('muchBetterA', 'A much better', 'a', 3, 'label.muchBetterA');
const muchBetterB = better('muchBetterB', 'B much better', 'b', 3, 'label.muchBetterB');
export const bothBad: Answer = { id: 'bothBad', words: 'Both bad', side: null, strength: null, bothBad: true, command: 'label.bothBad' };

/** Left to right, with the plumb line (a tie) in the middle. */
export const scaleOfFive: readonly Answer[] = [muchBetterA, betterA, tie, betterB, muchBetterB];

export const scaleOfSeven: readonly Answer[] = [
  muchBetterA,
  better('clearlyBetterA', 'A clearly better', 'a', 2, null),
  betterA,
  tie,
  betterB,
  better('clearlyBetterB', 'B clearly better', 'b', 2, null),
  muchBetterB,
];

export const answerCommands = {
  'label.muchBetterA': 'muchBetterA',
  'label.betterA': 'betterA',
  'label.tie': 'tie',
  'label.betterB': 'betterB',
  'label.muchBetterB': 'muchBetterB',
  'label.bothBad': 'bothBad',
} as const satisfies Partial<Record<CommandName, string>>;

const all = [...scaleOfSeven, bothBad];
export function answerById(id: string): Answer {
  const answer = all.find((one) => one.id === id);
  if (!answer) throw new Error(`No answer is called ${id}.`);
  return answer;
}

/** What a person decided of an item, in the comparison's own slots; the same whether by the scale, by ranking or by skipping. */
export interface Decision {
  /** What is marked on screen while it is on its way. */
  id: string;
  words: string;
  ranking: Ranking | null;
  strength: Strength | null;
  bothBad: boolean;
  skipped: string | null;
}

/** An answer as it speaks of the comparison's slots: A is the first response shown, B the second. */
export function decisionOf(answer: Answer, item: LabelItem): Decision {
  const { id, words, side, strength, bothBad } = answer;
  const [a, b] = item.responses.map(({ slot }) => slot);
  if (a === undefined || b === undefined) throw new Error(`Comparison ${item.comparisonId} has fewer than two responses.`);
  const ranking = side === 'a' ? [[a], [b]] : side === 'b' ? [[b], [a]] : [[a, b]];
  return { id, words, ranking, strength, bothBad, skipped: null };
}

/** An order of the responses shown (indices, best first) as it speaks of the comparison's slots. */
export function rankingDecision(order: readonly (readonly number[])[], item: LabelItem): Decision {
  const ranking = order.map((group) => group.map((index) => item.responses[index]?.slot ?? index));
  return { id: 'ranking', words: 'ranking', ranking, strength: null, bothBad: false, skipped: null };
}

export const skipDecision = (reason: string): Decision => ({
  id: 'skip',
  words: 'skipped',
  ranking: null,
  strength: null,
  bothBad: false,
  skipped: reason,
});

/** A stored judgment as a decision, seen from the sides on which the item is shown. */
export function decisionOfJudgment({ ranking, strength, bothBad: neither, skipped }: JudgmentView, item: LabelItem): Decision {
  // Set aside without a word is what an import or another client may have written: flagged, and nothing chosen.
  if (ranking === null && !neither) return skipped === null ? { ...skipDecision(''), words: 'set aside', skipped } : skipDecision(skipped);
  if (item.responses.length > 2) return { ...rankingDecision([], item), ranking, bothBad: neither };
  return decisionOf(neither ? bothBad : answerOf(ranking ?? [], strength ?? 1, item), item);
}

function answerOf([first = [], second]: Ranking, strength: Strength, item: LabelItem): Answer {
  if (!second) return answerById('tie');
  const side = first.includes(item.responses[0]?.slot ?? -1) ? 'a' : 'b';
  return all.find((answer) => answer.side === side && answer.strength === strength) ?? answerById('tie');
}

/** A stored judgment in words; `shown` are the comparison's slots from left to right. */
export function wordsOfJudgment({ ranking, strength, bothBad: neither, skipped }: JudgmentView, shown: readonly number[]): string {
  if (ranking === null && !neither) return `Skipped: ${skipped ?? ''}`;
  if (neither) return bothBad.words;
  const letter = (slot: number) => letterAt(shown.indexOf(slot));
  if (shown.length > 2) return (ranking ?? []).map((group) => group.map(letter).join(' = ')).join(', then ');
  const [first = [], second] = ranking ?? [];
  if (!second) return tie.words;
  return (
    [...all].find(({ side, strength: its }) => side === letter(first[0] ?? 0).toLowerCase() && its === (strength ?? 1))?.words ?? tie.words
  );
}
