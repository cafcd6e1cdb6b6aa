import { describe, expect, it } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import { bradleyTerryLoss, type PairTarget } from '#engine/training/maths/bradley-terry.ts';
import { ridgeHead } from '#engine/training/maths/ridge.ts';

/** Pairs whose better side is longer along the first axis, in noise. */
function pairsOf(n: number, width: number, flipped: number): { differences: Float32Array[]; targets: PairTarget[] } {
  const random = Random.from(5, 'ridge');
  const differences = Array.from({ length: n }, () => {
    const d = Float32Array.from({ length: width }, () => random.normal());
    d[0] = Math.abs(d[0]! * 3) * (random.uniform() < flipped ? -1 : 1);
    return d;
  });
  return {
    differences,
    targets: differences.map((_, i) => ({ softTarget: i % 10 === 0 ? 0.5 : 1, margin: i % 10 === 0 ? 0 : (i % 3) / 2 })),
  };
}

/** Loss with the ridge, from the definition. */
function loss(w: ArrayLike<number>, differences: Float32Array[], targets: PairTarget[], lambda: number): number {
  const pairs = differences.map((d, i) =>
    bradleyTerryLoss(
      d.reduce((sum, x, k) => sum + x * w[k]!, 0),
      0,
      targets[i]!,
      0,
    ),
  );
  return pairs.reduce((a, b) => a + b, 0) / pairs.length + lambda * Array.from(w).reduce((sum, x) => sum + x * x, 0);
}

describe('the head that orders pairs best', () => {
  const width = 12;
  const { differences, targets } = pairsOf(200, width, 0.15);
  const size = differences.reduce((sum, d) => sum + d.reduce((squares, x) => squares + x * x, 0), 0) / differences.length;

  it('points where plain gradient descent on the same loss ends', () => {
    const ridge = 0.15;
    const lambda = (ridge * size) / width;
    let w = new Float64Array(width);
    for (let step = 0; step < 400; step++) {
      const gradient = w.map((_, k) => {
        const moved = (by: number) =>
          loss(
            w.map((x, j) => (j === k ? x + by : x)),
            differences,
            targets,
            lambda,
          );
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      w = w.map((x, k) => x - gradient[k]! / (size / 4 + 2 * lambda));
    }
    const fitted = ridgeHead(differences, targets, ridge);
    const norm = (v: ArrayLike<number>) => Math.hypot(...Array.from(v));
    const cosine = fitted.reduce((sum, x, k) => sum + x * w[k]!, 0) / (norm(fitted) * norm(w));
    expect(cosine).toBeGreaterThan(0.9999);
  });

  it('has the size that fits the pairs, without the ridge', () => {
    const fitted = ridgeHead(differences, targets, 0.15);
    const at = (scale: number) =>
      loss(
        fitted.map((x) => scale * x),
        differences,
        targets,
        0,
      );
    expect(at(1)).toBeLessThan(at(0.98));
    expect(at(1)).toBeLessThan(at(1.02));
  });

  it('does not depend on the size of hidden states, stays finite on pairs that all agree, and is 0 where none differs', () => {
    const larger = ridgeHead(
      differences.map((d) => d.map((x) => 8 * x)),
      targets,
      0.15,
    );
    const plain = ridgeHead(differences, targets, 0.15);
    larger.forEach((x, k) => {
      expect(8 * x).toBeCloseTo(plain[k]!, 4);
    });
    const one = ridgeHead([Float32Array.of(1, 0)], [{ softTarget: 1, margin: 0 }], 0.15);
    expect(one[0]).toBeCloseTo(3, 6);
    expect([...ridgeHead([new Float32Array(2)], [{ softTarget: 1, margin: 0 }], 0.15)]).toEqual([0, 0]);
  });
});
