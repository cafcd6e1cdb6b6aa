import type { JudgmentView, LabelItem } from '#shared/api/labeling.ts';
import type { Ranking, Strength } from '#shared/domain.ts';
import type { CommandName } from '../app/keys.ts';

/** One way to answer a pair, as it hangs from the answer scale. */
export interface Answer {
  id: string;
  words: string;
  side: 'a' | 'b' | null;
  strength: Strength | null;
  bothBad: boolean;
  keys: string;
}

const better = (id: string, words: string, side: 'a' | 'b', strength: Strength, keys: string): Answer => ({
  id,
  words,
  side,
  strength,
  bothBad: false,
  keys,
});
const tie = (keys: string): Answer => ({ id: 'tie', words: 'Tie', side: null, strength: null, bothBad: false, keys });
export const bothBad: Answer = { id: 'bothBad', words: 'Both bad', side: null, strength: null, bothBad: true, keys: '0' };

/** Left to right, with the plumb line (a tie) in the middle. */
export const scaleOfFive: readonly Answer[] = [
  better('muchBetterA', 'A much better', 'a', 3, 'Shift+ArrowLeft'),
  better('betterA', 'A better', 'a', 1, 'ArrowLeft'),
  tie('='),
  better('betterB', 'B better', 'b', 1, 'ArrowRight'),
  better('muchBetterB', 'B much better', 'b', 3, 'Shift+ArrowRight'),
];

export const scaleOfSeven: readonly Answer[] = [
  better('muchBetterA', 'A much better', 'a', 3, '1'),
  better('clearlyBetterA', 'A clearly better', 'a', 2, '2'),
  better('betterA', 'A better', 'a', 1, '3'),
  tie('4'),
  better('betterB', 'B better', 'b', 1, '5'),
  better('clearlyBetterB', 'B clearly better', 'b', 2, '6'),
  better('muchBetterB', 'B much better', 'b', 3, '7'),
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

/** What a judgment says of the comparison's slots: A is the first response shown, B the second. */
export function rankingOf(answer: Answer, item: LabelItem): Ranking {
  const [a, b] = item.responses.map(({ slot }) => slot);
  if (a === undefined || b === undefined) throw new Error(`Comparison ${item.comparisonId} has fewer than two responses.`);
  if (answer.side === 'a') return [[a], [b]];
  if (answer.side === 'b') return [[b], [a]];
  return [[a, b]];
}

/** The answer that a stored judgment was, seen from the sides on which the pair is shown; null when it was skipped. */
export function answerOf(judgment: JudgmentView, item: LabelItem): Answer | null {
  if (judgment.bothBad) return bothBad;
  const [first, second] = judgment.ranking ?? [];
  if (!first) return null;
  if (!second) return answerById('tie');
  const side = first.includes(item.responses[0]?.slot ?? -1) ? 'a' : 'b';
  const strength = judgment.strength ?? 1;
  return all.find((answer) => answer.side === side && answer.strength === strength) ?? null;
}
