import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ownWords } from '../../../src/renderer/team/ActiveLine.tsx';
import { activeFinding } from '../../../src/renderer/team/active-finding.ts';

interface Measured {
  seeds: number;
  plan: { last: number; randomShare: number };
  rows: { strategy: string; labelsForSame: number | null; gain: { value: number; low: number; high: number } | null }[];
}

test('what the app says of choosing what to label next is what was measured', () => {
  const { seeds, plan, rows } = JSON.parse(readFileSync('docs/results/active.json', 'utf8')) as Measured;
  const of = (strategy: string) => rows.find((row) => row.strategy === strategy)!;
  const points = (share: number) => (100 * share).toFixed(1).replace('-', '−');
  expect(plan.randomShare).toBeGreaterThanOrEqual(0.2);
  expect(activeFinding.uncertainty).toContain(`${Math.round(of('uncertainty').labelsForSame!)} labels`);
  expect(activeFinding.uncertainty).toContain(`${plan.last} random ones (${seeds} simulated leads`);
  const { value, low, high } = of('disagreement').gain!;
  expect(low < 0 && high > 0).toBe(true);
  expect(activeFinding.disagreement).toContain(`${points(value)} points [${points(low)}, ${points(high)}]`);
});

test('on a project of one’s own, the verdict goes by the interval', () => {
  const words = (value: number, low: number, high: number) =>
    ownWords({ labels: 60, heldOut: 80, random: 0.7, chosen: 0.7 + value, gain: { value, low, high, n: 80 }, at: 1 });
  expect(words(0.05, 0.01, 0.09)).toBe(
    'Choosing beat drawing at random here: after 60 labels each, a head orders 75% of 80 held-out pairs as people did, against 70%: +5.0 [1.0, 9.0] points.',
  );
  expect(words(0.01, -0.02, 0.04)).toMatch(/^Undecided here/);
  expect(words(-0.05, -0.09, -0.01)).toMatch(/^Drawing at random beat choosing here/);
});
