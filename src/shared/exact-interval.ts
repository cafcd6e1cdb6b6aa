/** ln Γ(x), x > 0 (Lanczos, g = 7, nine terms: 1e-15 relative). */
function logGamma(x: number): number {
  const terms = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  let sum = terms[0]!;
  for (let i = 1; i < terms.length; i++) sum += terms[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The regularized incomplete beta function I_x(a, b), by its continued fraction (Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / Math.max(tiny, 1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    let term = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + term * d || tiny);
    c = 1 + term / c || tiny;
    fraction *= d * c;
    term = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + term * d || tiny);
    c = 1 + term / c || tiny;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return (Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) * fraction) / a;
}

function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The exact interval for a proportion (Clopper and Pearson 1934): never covers less than 1 − α, whatever the true share. For whole `successes`.
 * [0, 1] with n = 0.
 */
export function clopperPearsonInterval(successes: number, n: number, alpha = 0.05): { low: number; high: number } {
  return {
    low: successes === 0 ? 0 : betaQuantile(alpha / 2, successes, n - successes + 1),
    high: successes === n ? 1 : betaQuantile(1 - alpha / 2, successes + 1, n - successes),
  };
}

/** P(as far from n/2 or farther) of `successes` among n throws of a fair coin: the exact two-sided binomial test. */
export function fairCoinProbability(successes: number, n: number): number {
  if (n === 0) return 1;
  const fewer = Math.min(successes, n - successes);
  if (2 * fewer === n) return 1;
  // P(X ≤ k) = I_½(n − k, k + 1); both tails are alike.
  return Math.min(1, 2 * incompleteBeta(0.5, n - fewer, fewer + 1));
}
