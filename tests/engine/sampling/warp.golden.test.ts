import { describe, expect, test } from 'vitest';
import { warp } from '#engine/sampling/warp.ts';
import { goldenFixture, tolerance, worstError } from '../../golden/load.ts';

interface SamplingFixture {
  cases: {
    note: string;
    temperature: number;
    top_k: number;
    top_p: number;
    logits: number[];
    probabilities: number[];
    kept: number;
    tie_at_the_boundary: boolean;
  }[];
}

describe('warp', () => {
  test.each(goldenFixture<SamplingFixture>('sampling').cases)('$note: temperature $temperature, top-k $top_k, top-p $top_p', (expected) => {
    const actual = warp(expected.logits, { temperature: expected.temperature, topK: expected.top_k, topP: expected.top_p });
    // Which of equal tokens stay at the boundary is free.
    const ordered = (values: ArrayLike<number>) => (expected.tie_at_the_boundary ? Array.from(values).sort((a, b) => a - b) : values);
    expect(worstError(ordered(actual), ordered(expected.probabilities))).toBeLessThan(tolerance.probabilities);
    expect(actual.filter((p) => p > 0).length).toBe(expected.probabilities.filter((p) => p > 0).length);
  });
});
