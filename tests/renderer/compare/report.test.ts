import { describe, expect, it } from 'vitest';
import { linesOf, mainChallenger, promptWords, reportWords } from '../../../src/renderer/compare/report.ts';
import type { ComparisonReport, ComparisonRow } from '../../../src/shared/api/compare.ts';

const measured = (name: string, wins: number) => ({ checkpoint: { id: name, name }, winRate: { wins, ties: 0, losses: 0, rate: null } });
const report = (...checkpoints: object[]) => ({ name: 'compare-1', checkpoints }) as unknown as ComparisonReport;
const row = (...texts: string[]) => ({ answers: texts.map((text) => ({ text })) }) as unknown as ComparisonRow;

describe('a report', () => {
  it('is about the checkpoint with the most votes, the first of equals', () => {
    expect(mainChallenger(report(measured('sft', 0), measured('a', 3), measured('b', 5)))?.checkpoint.name).toBe('b');
    expect(mainChallenger(report(measured('sft', 0), measured('a', 3), measured('b', 3)))?.checkpoint.name).toBe('a');
    expect(mainChallenger(report())).toBeUndefined();
  });

  it('is called by what it compares, once that is known', () => {
    expect(reportWords(report(measured('sft', 0), measured('a', 1), measured('b', 1)))).toBe('a, b against sft');
    expect(reportWords(report())).toBe('compare-1');
  });
});

describe('promptWords', () => {
  it('is the last thing that a person said', () => {
    const prompt = ['system', 'user', 'assistant', 'user'].map((role, index) => ({ role, content: String(index) }));
    expect(promptWords(prompt)).toBe('3');
  });
});

describe('linesOf', () => {
  it('makes room for the longest answer, on narrower columns for more lines', () => {
    const rows = [row('short', 'x'.repeat(300)), row('a\nb', 'c')];
    expect(linesOf(rows, 1200)).toBe(5);
    expect(linesOf(rows, 600)).toBeGreaterThan(5);
    expect(linesOf([], 1200)).toBe(1);
  });
});
