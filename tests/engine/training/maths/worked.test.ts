/** The worked fixtures of spec/algorithms.md, digit by digit. */

import { describe, expect, test } from 'vitest';
import { adaptBeta } from '#engine/training/maths/adaptive-kl.ts';
import { generalizedAdvantages, whiten } from '#engine/training/maths/advantages.ts';
import { bradleyTerryLoss } from '#engine/training/maths/bradley-terry.ts';
import { dpoLoss } from '#engine/training/maths/dpo.ts';
import { groupAdvantages } from '#engine/training/maths/group-advantages.ts';
import { tokenKl } from '#engine/training/maths/kl.ts';

describe('worked fixtures', () => {
  test('KL estimators at lp −1, rp −1.2', () => {
    expect(tokenKl('k1', -1, -1.2)).toBeCloseTo(0.2, 12);
    expect(tokenKl('k2', -1, -1.2)).toBeCloseTo(0.02, 12);
    expect(tokenKl('k3', -1, -1.2)).toBeCloseTo(0.018731, 6);
  });

  test('GAE at γ 1, λ .95', () => {
    const { advantages, returns } = generalizedAdvantages([0, -0.1, 1], [0.5, 0.4, 0.2], 1, 0.95);
    expectClose(advantages, [0.337, 0.46, 0.8], 12);
    expectClose(returns, [0.837, 0.86, 1], 12);
    expectClose(whiten([advantages])[0]!, [-0.81448, -0.30161, 1.11609], 5);
  });

  test('Bradley–Terry at Δ 1', () => {
    expect(bradleyTerryLoss(1, 0, { softTarget: 1, margin: 0 }, 0)).toBeCloseTo(0.313262, 6);
    expect(bradleyTerryLoss(1, 0, { softTarget: 1, margin: 0.5 }, 0)).toBeCloseTo(0.474077, 6);
    expect(bradleyTerryLoss(1, 0, { softTarget: 0.5, margin: 0 }, 0)).toBeCloseTo(0.813262, 6);
  });

  test('adaptive KL at β .2, n 256', () => {
    expect(adaptBeta(0.2, 12, 6, 256, 10_000)).toBeCloseTo(0.201024, 10);
    expect(adaptBeta(0.2, 3, 6, 256, 10_000)).toBeCloseTo(0.198976, 10);
  });

  test('DPO at β .1, δ 2', () => {
    const of = (loss: 'sigmoid' | 'robust' | 'hinge', labelSmoothing = 0) => dpoLoss(2, { loss, klCoefficient: 0.1, labelSmoothing });
    expect(of('sigmoid')).toBeCloseTo(0.598139, 6);
    expect(of('hinge')).toBeCloseTo(0.8, 12);
    expect(of('sigmoid', 0.1)).toBeCloseTo(0.618139, 6);
    expect(of('robust', 0.1)).toBeCloseTo(0.573139, 6);
  });

  test('GRPO with rewards 1, 0, 0, 1', () => {
    expectClose(groupAdvantages([[1, 0, 0, 1]], 'group'), [0.865875, -0.865875, -0.865875, 0.865875], 6);
  });
});

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}
