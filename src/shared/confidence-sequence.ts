/** Intervals for the mean of outcomes in [0, 1] that hold at every n at once, so that one may look after every vote and stop whenever one likes. */
export interface Interval {
  low: number;
  high: number;
}

const clipped = (low: number, high: number): Interval => ({ low: Math.max(0, low), high: Math.min(1, high) });

/** ρ of the normal mixture that is narrowest about where `n` outcomes are in: (n/4) / (−2 ln α + ln(1 − 2 ln α)). */
export function mixtureRho(n = 100, alpha = 0.05): number {
  const twice = -2 * Math.log(alpha);
  return n / 4 / (twice + Math.log(1 + twice));
}

/** Two-sided normal mixture for sums that are sub-Gaussian with variance ¼ an outcome (Howard, Ramdas, McAuliffe and Sekhon 2021). [0, 1] for none. */
export function normalMixtureSequence(outcomes: readonly number[], alpha = 0.05, rho = mixtureRho(100, alpha)): Interval {
  const n = outcomes.length;
  if (n === 0) return { low: 0, high: 1 };
  const mean = outcomes.reduce((sum, x) => sum + x, 0) / n;
  const v = n / 4 + rho;
  const half = Math.sqrt(v * Math.log(v / (rho * alpha * alpha))) / n;
  return clipped(mean - half, mean + half);
}

/** The predictable bets λ_t before truncation, and the mean each of them was made from (Waudby-Smith and Ramdas 2024, theorems 2 and 3). */
function bets(outcomes: readonly number[], alpha: number): { lambda: number; before: number }[] {
  const level = 2 * Math.log(2 / alpha);
  let sum = 0;
  let squares = 0;
  let before = 0.5;
  let variance = 0.25;
  return outcomes.map((x, index) => {
    const t = index + 1;
    const bet = { lambda: Math.sqrt(level / (variance * t * Math.log(t + 1))), before };
    sum += x;
    const mean = (0.5 + sum) / (t + 1);
    squares += (x - mean) ** 2;
    variance = (0.25 + squares) / (t + 1);
    before = mean;
    return bet;
  });
}

/** Predictable plug-in empirical Bernstein (the same paper, theorem 2): narrow where outcomes vary little. */
export function empiricalBernsteinSequence(outcomes: readonly number[], alpha = 0.05, truncation = 0.5): Interval {
  if (outcomes.length === 0) return { low: 0, high: 1 };
  let total = 0;
  let center = 0;
  let spread = 0;
  for (const [index, { lambda, before }] of bets(outcomes, alpha).entries()) {
    const l = Math.min(truncation, lambda);
    const x = outcomes[index]!;
    total += l;
    center += l * x;
    spread += (x - before) ** 2 * (-Math.log1p(-l) - l);
  }
  const half = (Math.log(2 / alpha) + spread) / total;
  return clipped(center / total - half, center / total + half);
}

/**
 * Hedged capital (the same paper, theorem 3): all means m against which nobody who bets half on more and half on less has multiplied their money by 1/α.
 * The narrowest of the three. Capital falls in m for the one and rises for the other, so each end is found by halving.
 */
export function bettingSequence(outcomes: readonly number[], alpha = 0.05, truncation = 0.5): Interval {
  const made = bets(outcomes, alpha);
  const limit = Math.log(2 / alpha);
  const above = (m: number) => {
    let capital = 0;
    for (const [t, { lambda }] of made.entries()) capital += Math.log1p(Math.min(lambda, truncation / m) * (outcomes[t]! - m));
    return capital >= limit;
  };
  const below = (m: number) => {
    let capital = 0;
    for (const [t, { lambda }] of made.entries()) capital += Math.log1p(-Math.min(lambda, truncation / (1 - m)) * (outcomes[t]! - m));
    return capital >= limit;
  };
  return { low: edge(above), high: 1 - edge((m) => below(1 - m)) };
}

/** The end of the run of m from 0 for which `excluded` holds. */
function edge(excluded: (m: number) => boolean): number {
  let low = 0;
  let high = 1;
  if (!excluded(1e-12)) return 0;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (excluded(middle)) low = middle;
    else high = middle;
  }
  return low;
}
