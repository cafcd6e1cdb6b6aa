import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../src/renderer/charts/place-labels.ts';

const at = (y: number, left = 0) => ({ y, left, right: left + 80 });

describe('placeLabels', () => {
  it('leaves labels that are far enough apart where they are', () => {
    expect(placeLabels([at(50), at(10), at(30)], 14, 0, 100)).toEqual([50, 10, 30]);
  });

  it('parts labels by the gap, in the order of their lines, moving each as little as it can', () => {
    const placed = placeLabels([at(50), at(52), at(90)], 14, 0, 100);
    expect(placed[1]! - placed[0]!).toBeCloseTo(14);
    expect((placed[0]! + placed[1]!) / 2).toBeCloseTo(51);
    expect(placed[2]).toBe(90);
  });

  it('keeps them inside the plot', () => {
    const placed = placeLabels([at(99), at(98), at(97)], 14, 0, 100);
    expect(Math.max(...placed)).toBeLessThanOrEqual(100);
    expect([...placed].sort((one, two) => one - two)).toEqual([72, 86, 100]);
  });

  it('lets labels that share no room keep the same height', () => {
    expect(placeLabels([at(50), at(50, 200)], 14, 0, 100)).toEqual([50, 50]);
  });

  it('always keeps the gap between labels that overlap', () => {
    for (let seed = 1; seed < 60; seed++) {
      const labels = Array.from({ length: 5 }, (_, index) => at(((seed * 37 + index * index * 53) % 97) + 1));
      const placed = [...placeLabels(labels, 14, 0, 100)].sort((one, two) => one - two);
      placed.slice(1).forEach((y, index) => {
        expect(y - placed[index]!).toBeGreaterThanOrEqual(14 - 1e-9);
      });
      expect(placed[0]).toBeGreaterThanOrEqual(0);
      expect(placed.at(-1)).toBeLessThanOrEqual(100 + 1e-9);
    }
  });
});
