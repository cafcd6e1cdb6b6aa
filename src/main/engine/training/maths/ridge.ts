import { negativeLogSigmoid, type PairTarget } from './bradley-terry.ts';

/**
 * The linear head w [D] that orders pairs best, with a ridge: the minimum of
 *
 *     f(w) = mean over pairs of −[ p·logσ(Δ − m) + (1 − p)·logσ(−Δ − m) ] + λ‖w‖²,   Δ = w·d,  d = h_c − h_r,   λ = ridge · mean‖d‖² / D,
 *
 * by Nesterov's accelerated gradient for strongly convex f; then stretched by the one number s that minimizes the loss of s·w without the ridge, which was there
 * to choose a direction and not a size. Float64, no randomness. λ is relative, so that a model with larger hidden states needs no other ridge.
 * @param differences d of each pair, [n][D]
 */
export function ridgeHead(differences: readonly Float32Array[], targets: readonly PairTarget[], ridge: number): Float64Array {
  const width = differences[0]?.length ?? 0;
  const size = differences.reduce((sum, d) => sum + d.reduce((squares, x) => squares + x * x, 0), 0) / differences.length;
  let w = new Float64Array(width);
  if (!(size > 0)) return w; // no pair differs: nothing to choose a direction by
  const lambda = (ridge * size) / width;
  const steepest = size / 4 + 2 * lambda; // σ′ ≤ ¼, so no curvature of f is larger
  const root = Math.sqrt(steepest / (2 * lambda));
  const momentum = (root - 1) / (root + 1);
  let ahead = w;
  for (let step = 0; step < 2000; step++) {
    const gradient = gradientAt(ahead, differences, targets, lambda);
    const next = ahead.map((x, k) => x - gradient[k]! / steepest);
    ahead = next.map((x, k) => x + momentum * (x - w[k]!));
    w = next;
    if (Math.hypot(...gradient) < 1e-7 * Math.sqrt(size)) break;
  }
  const scale = stretch(
    differences.map((d) => dot(w, d)),
    targets,
  );
  return w.map((x) => scale * x);
}

function dot(w: Float64Array, d: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < w.length; k++) sum += w[k]! * d[k]!;
  return sum;
}

/** ∂/∂Δ of one pair's loss. */
function slope(difference: number, { softTarget: p, margin: m }: PairTarget): number {
  const sigmoid = (x: number): number => Math.exp(-negativeLogSigmoid(x));
  return -p * sigmoid(m - difference) + (1 - p) * sigmoid(difference + m);
}

function gradientAt(w: Float64Array, differences: readonly Float32Array[], targets: readonly PairTarget[], lambda: number): Float64Array {
  const gradient = w.map((x) => 2 * lambda * x);
  differences.forEach((d, i) => {
    const share = slope(dot(w, d), targets[i]!) / differences.length;
    for (let k = 0; k < gradient.length; k++) gradient[k]! += share * d[k]!;
  });
  return gradient;
}

/** The s in (0, 3/deviation of Δ] with the least loss, by bisection of the convex loss's slope; the bound is for a few pairs that all agree, where there is no least. */
function stretch(scores: readonly number[], targets: readonly PairTarget[]): number {
  const deviation = Math.sqrt(scores.reduce((sum, x) => sum + x * x, 0) / scores.length);
  if (deviation === 0) return 1;
  let [low, high] = [0, 3 / deviation];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2;
    const rising = scores.reduce((sum, x, i) => sum + x * slope(middle * x, targets[i]!), 0) > 0;
    if (rising) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
