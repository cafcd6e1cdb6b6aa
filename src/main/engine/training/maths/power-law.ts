/** error(n) = a·n^−b + c: how errors fall with data (Hestness et al. 2017), c what no amount of it takes away. */
export interface PowerLaw {
  a: number;
  b: number;
  c: number;
}

const exponents = Array.from({ length: 41 }, (_, i) => 0.05 * i); // 0 … 2
const floors = Array.from({ length: 26 }, (_, i) => i / 25); // of the least error seen

/**
 * The power law nearest to points by squares, a ≥ 0, 0 ≤ b ≤ 2, 0 ≤ c ≤ the least error: never one by which more data harms. On a grid of b and c, for which a is known:
 * with four noisy points a finer optimum would say no more, and this one is the same on every machine.
 */
export function fitPowerLaw(points: readonly { n: number; error: number }[]): PowerLaw {
  const least = Math.min(...points.map(({ error }) => error));
  let best: PowerLaw = { a: 0, b: 0, c: 0 };
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const b of exponents) {
    const x = points.map(({ n }) => n ** -b);
    const xx = x.reduce((sum, value) => sum + value * value, 0);
    for (const floor of floors) {
      const c = floor * least;
      const a = Math.max(0, points.reduce((sum, { error }, i) => sum + (error - c) * x[i]!, 0) / xx);
      const loss = points.reduce((sum, { error }, i) => sum + (a * x[i]! + c - error) ** 2, 0);
      // A tie goes to the smaller b and c, so that a flat course is read as flat.
      if (loss < bestLoss - 1e-15) {
        best = { a, b, c };
        bestLoss = loss;
      }
    }
  }
  return best;
}

export function errorAt({ a, b, c }: PowerLaw, n: number): number {
  return a * n ** -b + c;
}
