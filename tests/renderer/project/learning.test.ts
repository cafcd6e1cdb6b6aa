import { describe, expect, it } from 'vitest';
import type { RunDetail } from '#shared/api/runs.ts';
import { learningPoints, learningSentence } from '../../../src/renderer/project/learning.ts';

const run = (name: string, train: number, correct: number, untied: number, judgmentsBy = ['person']) =>
  ({
    id: name,
    name,
    method: 'reward',
    state: 'done',
    data: { train, heldOut: 60, judgmentsBy, hash: '' },
    report: { correct, untied },
  }) as unknown as RunDetail;

describe('what more judgments bought', () => {
  it('orders reward models by their judgments, the newest of equals, and never mixes kinds', () => {
    const points = learningPoints([
      run('reward-4', 240, 50, 60),
      run('reward-3', 60, 40, 60),
      run('reward-2', 60, 20, 60),
      run('reward-1', 300, 55, 60, ['simulated']),
      run('reward-0', 30, 9, 12),
    ]);
    expect(points.map(({ run: { name } }) => name)).toEqual(['reward-3', 'reward-4']);
  });

  it('says that more paid only when the intervals part', () => {
    const said = (first: number, last: number) => learningSentence(learningPoints([run('b', 240, last, 100), run('a', 60, first, 100)]));
    expect(said(55, 85)).toMatch(/More judgments paid/);
    expect(said(66, 72)).toMatch(/does not say yet/);
    expect(said(85, 55)).toMatch(/made it worse/);
    expect(learningSentence([])).toBe('');
  });
});
