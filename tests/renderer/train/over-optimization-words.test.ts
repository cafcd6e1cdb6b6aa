import { describe, expect, test } from 'vitest';
import type { DemonstratedRun } from '#shared/api/over-optimization.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import type { CourseRow } from '#shared/over-optimization.ts';
import { courseSentence, demonstrationTitle, firstPhase, learningTitle } from '../../../src/renderer/train/over-optimization-words.ts';

const summary: RunSummary = {
  ...{ id: 'run_1', name: 'ppo-1', method: 'ppo', state: 'done', step: 12, totalSteps: 12, secondsLeft: null },
  ...{ startedAt: 0, endedAt: 1, headline: null, simulated: true },
};
/** As certain as 100 answers make it. */
const differenceOf = (course: CourseRow[]) => {
  const value = (course.at(-1)?.gold ?? 0) - (course[0]?.gold ?? 0);
  return course.length < 2 ? null : { value, low: value - 0.4, high: value + 0.4, n: 100 };
};
const row = (step: number, gold: number, proxy: number): CourseRow => ({ step, kl: step, proxy, gold });
const shown = (course: CourseRow[], run: Partial<RunSummary> = {}): DemonstratedRun => ({
  difference: differenceOf(course),
  ...{ run: { ...summary, ...run }, beta: 0, learningRate: 1e-3, course },
});
const fell = shown([row(0, 2, 0), row(1, 2.5, 1), row(2, 1, 2), row(3, -1, 3)]);
const held = shown([row(0, 2, 0), row(1, 2.2, 1), row(2, 2.4, 1.5)]);

describe('a run of the demonstration', () => {
  test('says where gold peaked and since when it is below SFT', () => {
    expect(courseSentence(fell)).toBe(
      'The reward model’s score goes from 0.00 to +3.00. Gold: +2.00 for SFT, +2.50 at its best (step 1), −1.00 at step 3, −3.00 [−3.40, −2.60] against SFT on the same prompts: below SFT from step 2 on.',
    );
  });
  test('does not call a difference that may be chance a fall', () => {
    const slightly = shown([row(0, 2, 0), row(1, 1.8, 1)]);
    expect(courseSentence(slightly)).toMatch(/−0.20 \[−0.60, \+0.20\] against SFT on the same prompts: not measurably below SFT\.$/);
    expect(demonstrationTitle([slightly, held])).toMatch(/^Gold ends at \+1.80 without β/);
  });
  test('says when it is not below SFT, and nothing before it moved', () => {
    expect(courseSentence(held)).toMatch(/: not measurably below SFT\.$/);
    expect(courseSentence(shown([row(0, 2, 0)]))).toBeNull();
    expect(courseSentence(shown([row(0, 2, 0), row(1, 1, 1)]))).toMatch(
      /never above it, .* against SFT on the same prompts: below SFT from step 1 on/,
    );
  });
});

describe('the title', () => {
  test('is what both show together', () => {
    expect(demonstrationTitle([fell, held])).toBe(
      'Without β gold falls to −1.00 while the reward model is pleased; with β it ends at +2.40',
    );
  });
  test('claims no over-optimization that is not there', () => {
    expect(demonstrationTitle([held, held])).toBe('Gold ends at +2.40 without β and at +2.40 with it');
    expect(demonstrationTitle([fell, fell])).toBe('Gold ends at −1.00 without β and at −1.00 with it');
  });
  test('says which run is under way, or that neither has moved', () => {
    expect(demonstrationTitle([shown(fell.course, { state: 'running', step: 3 }), held])).toBe('ppo-1 is being pushed: step 3 of 12');
    expect(demonstrationTitle([shown([], { state: 'queued' }), shown([], { state: 'queued' })])).toBe(
      'Two runs are to show over-optimization',
    );
  });
});

describe('the phase before both', () => {
  test('says what the reward model learns from, and that simulated judgments count for nothing else', () => {
    expect(firstPhase({ judgments: 300, by: ['simulated'] })).toBe(
      'There is no reward model yet, so one is trained first, on 300 judgments by the simulated annotator; where those are switched out, they stay so for all else.',
    );
    expect(firstPhase({ judgments: 40, by: ['person'] })).toMatch(/on 40 judgments by people\.$/);
  });
  test('says how far it is, or that nothing followed', () => {
    const reward = { ...summary, name: 'reward-1', method: 'reward' as const, step: 5 };
    expect(learningTitle({ ...reward, state: 'queued' })).toBe('First reward-1: it waits its turn');
    expect(learningTitle({ ...reward, state: 'running' })).toBe('First a reward model learns: step 5 of 12');
    expect(learningTitle({ ...reward, state: 'failed' })).toBe('reward-1 failed. Neither policy was pushed yet');
  });
});
