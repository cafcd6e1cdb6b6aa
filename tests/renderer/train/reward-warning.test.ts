import { describe, expect, it } from 'vitest';
import { rewardWarning } from '../../../src/renderer/train/reward-warning.ts';
import { rewardReport } from '../../../src/shared/jobs.ts';

function report(correct: number, untied: number, lengthCorrelation: number) {
  return rewardReport.parse({
    pairs: 240,
    heldOutPairs: untied,
    droppedTooLong: 0,
    accuracy: null,
    correct,
    untied,
    accuracyTiesHalf: null,
    trainAccuracy: null,
    logLoss: null,
    calibrationError: null,
    lengthCorrelation,
    chosenRewards: [],
    rejectedRewards: [],
    gain: 1,
    bias: 0,
  });
}

describe('rewardWarning', () => {
  it('speaks up where the report does, and says nothing where it does not', () => {
    expect(rewardWarning('reward-1', report(5, 6, 0))).toContain('6 held-out pairs only');
    expect(rewardWarning('reward-1', report(33, 60, 0.9))).toContain('a coin may do as well');
    expect(rewardWarning('reward-1', report(50, 60, 0.34))).toContain('rewards length on held-out pairs: correlation 0.34');
    expect(rewardWarning('reward-1', report(50, 60, -0.34))).toBeNull();
  });
});
