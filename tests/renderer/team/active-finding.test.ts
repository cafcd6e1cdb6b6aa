import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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
