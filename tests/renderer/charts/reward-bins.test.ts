import { describe, expect, it } from 'vitest';
import { binRewards, confidenceBins } from '../../../src/renderer/charts/reward-bins.ts';

describe('binRewards', () => {
  it('loses no reward and puts each where it belongs', () => {
    const chosen = Array.from({ length: 97 }, (_, index) => Math.sin(index * 12.9) * 2 + 0.5);
    const rejected = Array.from({ length: 97 }, (_, index) => Math.cos(index * 7.3) * 2 - 0.5);
    const bins = binRewards(chosen, rejected);
    expect(bins.chosen.reduce((sum, count) => sum + count, 0)).toBe(97);
    expect(bins.rejected.reduce((sum, count) => sum + count, 0)).toBe(97);
    bins.chosen.forEach((count, index) => {
      const [from, to] = [bins.edges[index]!, bins.edges[index + 1]!];
      expect(count).toBe(chosen.filter((reward) => reward >= from - 1e-9 && reward < to - 1e-9).length);
    });
  });

  it('stands equal rewards and none at all', () => {
    expect(binRewards([1, 1], [1]).chosen.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(binRewards([], [])).toEqual({ edges: [0, 1], chosen: [0], rejected: [0] });
  });
});

describe('confidenceBins', () => {
  it('counts what held among pairs of like confidence, on the scale before the gain', () => {
    // σ(2) = .881 stated twice, once wrongly; σ(0.2) = .55 stated once, rightly.
    const bins = confidenceBins([4, 0, 0.4], [0, 4, 0], 2);
    expect(bins).toHaveLength(2);
    expect(bins[0]).toMatchObject({ count: 1, held: 1 });
    expect(bins[0]!.stated).toBeCloseTo(0.5498, 3);
    expect(bins[1]).toMatchObject({ count: 2, held: 1 });
    expect(bins[1]!.stated).toBeCloseTo(0.8808, 3);
  });

  it('counts a tie of rewards as half held', () => {
    expect(confidenceBins([1], [1], 1)).toEqual([{ stated: 0.5, count: 1, held: 0.5 }]);
  });
});
