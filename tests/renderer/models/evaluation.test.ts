import { describe, expect, it } from 'vitest';
import { evaluationWords } from '../../../src/renderer/models/evaluation.ts';
import type { CheckpointView, ComparisonReport } from '../../../src/shared/api/compare.ts';
import type { RunDetail } from '../../../src/shared/api/runs.ts';
import { proportion } from '../../../src/shared/statistics.ts';

const checkpoint = (kind: CheckpointView['kind'], accuracy: number | null = null) =>
  ({ id: 'c', name: 'c', kind, accuracy }) as CheckpointView;
const run = (facts: Partial<RunDetail>) => facts as RunDetail;
const judged = (wins: number, losses: number) => {
  const n = wins + losses;
  const winRate = { wins, ties: 0, losses, rate: n < 20 ? null : proportion(wins, n) };
  return { checkpoints: [{ checkpoint: { id: 'sft' } }, { checkpoint: { id: 'c' }, winRate }] } as unknown as ComparisonReport;
};

describe('evaluationWords', () => {
  it('puts what people said before what a run measured', () => {
    const headline = { metric: 'objective/rlhf_reward', value: 0.64 } as const;
    expect(evaluationWords(checkpoint('policy'), run({ headline }), [judged(60, 40)])).toBe('won 60% [50, 69]');
    expect(evaluationWords(checkpoint('policy'), run({ headline }), [judged(6, 2)])).toBe('won 6 of 8');
    expect(evaluationWords(checkpoint('policy'), run({ headline }), [])).toBe('objective +0.64');
    const heldOut = { metric: 'held_out/rlhf_reward', value: 0.71 } as const;
    expect(evaluationWords(checkpoint('policy'), run({ headline: heldOut }), [])).toBe('held-out objective +0.71');
  });

  it('counts held-out pairs where a percentage would claim too much, and says nothing of what was not measured', () => {
    const report = (correct: number, untied: number) => run({ report: { correct, untied } as RunDetail['report'] });
    expect(evaluationWords(checkpoint('reward'), report(11, 14), [])).toBe('held-out 11 of 14');
    expect(evaluationWords(checkpoint('reward'), report(50, 60), [])).toBe('held-out 83% [72, 91]');
    expect(evaluationWords(checkpoint('reward', 0.7), undefined, [])).toBe('held-out 70%');
    expect(evaluationWords(checkpoint('sft'), undefined, [])).toBeNull();
  });
});
