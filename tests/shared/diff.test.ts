import { describe, expect, it } from 'vitest';
import { wordDifference, words } from '#shared/diff.ts';

/** Length of the longest common subsequence by the quadratic table, for comparison. */
function commonLength(a: string[], b: string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      table[i]![j] = a[i - 1] === b[j - 1] ? table[i - 1]![j - 1]! + 1 : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[a.length]![b.length]!;
}

const texts = (text: string) => words(text).map(({ start, end }) => text.slice(start, end));

/** The words of a text that lie in none of the ranges. */
function without(text: string, ranges: { start: number; end: number }[]): string[] {
  return words(text)
    .filter((word) => !ranges.some((range) => word.start >= range.start && word.end <= range.end))
    .map(({ start, end }) => text.slice(start, end));
}

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('wordDifference', () => {
  it('leaves the same longest common subsequence on both sides', () => {
    const random = generator(7);
    for (let round = 0; round < 400; round++) {
      const alphabet = 2 + Math.floor(random() * 6);
      const draw = () => Array.from({ length: Math.floor(random() * 24) }, () => `w${Math.floor(random() * alphabet)}`).join(' ');
      const a = draw();
      const b = draw();
      const { onlyA, onlyB } = wordDifference(a, b);
      expect(without(a, onlyA)).toEqual(without(b, onlyB));
      expect(without(a, onlyA)).toHaveLength(commonLength(texts(a), texts(b)));
    }
  });

  it('marks nothing in equal texts and everything in unrelated ones', () => {
    expect(wordDifference('one two', 'one two')).toEqual({ onlyA: [], onlyB: [] });
    expect(wordDifference('one two', 'three')).toEqual({ onlyA: [{ start: 0, end: 7 }], onlyB: [{ start: 0, end: 5 }] });
    expect(wordDifference('', 'x')).toEqual({ onlyA: [], onlyB: [{ start: 0, end: 1 }] });
  });

  it('joins neighbors on a line, not across lines', () => {
    const text = 'keep red blue\ngreen keep';
    const { onlyA } = wordDifference(text, 'keep keep');
    expect(onlyA.map(({ start, end }) => text.slice(start, end))).toEqual(['red blue', 'green']);
  });

  it('ignores white space and compares scripts without spaces letter by letter', () => {
    expect(wordDifference('a  b\nc', 'a b c')).toEqual({ onlyA: [], onlyB: [] });
    expect(wordDifference('東京都', '東大都').onlyA).toEqual([{ start: 1, end: 2 }]);
  });

  it('compares two texts of 4,000 unrelated words in the end: what is left of both is the same', () => {
    const random = generator(3);
    const draw = () => Array.from({ length: 4000 }, () => `w${Math.floor(random() * 900)}`).join(' ');
    const [a, b] = [draw(), draw()];
    const { onlyA, onlyB } = wordDifference(a, b);
    const left = (text: string, only: { start: number; end: number }[]) =>
      only
        .reduceRight((kept, { start, end }) => kept.slice(0, start) + kept.slice(end), text)
        .split(/\s+/)
        .filter(Boolean);
    expect(left(a, onlyA)).toEqual(left(b, onlyB));
    expect(left(a, onlyA).length).toBeGreaterThan(100);
  });
});
