/** Bradley–Terry strengths of players (checkpoints) from wins against each other. */
export interface BradleyTerry {
  /** Log-strengths, mean 0. `[n]` */
  ratings: number[];
  /** Of `ratings`, from the inverse of the Fisher information on the mean-0 plane. */
  standardErrors: number[];
  /** `[n][n]`; rows sum to 0. */
  covariance: number[][];
  logLikelihood: number;
}

/**
 * Maximizes Σ_ij s_ij log σ(θ_i − θ_j), s_ij wins of i over j with a tie as half a win for each (Bradley and Terry 1952), by Newton's method.
 * Null where there is no finite maximum: some players never lost to, or never met, the others.
 * @param wins `[n][n]`, wins of the row over the column @param ties symmetric
 */
export function bradleyTerry(wins: readonly (readonly number[])[], ties?: readonly (readonly number[])[]): BradleyTerry | null {
  const n = wins.length;
  const score = wins.map((row, i) => row.map((won, j) => (i === j ? 0 : won + (ties?.[i]?.[j] ?? 0) / 2)));
  if (n === 0 || !connected(score)) return null;
  let ratings = new Array<number>(n).fill(0);
  let covariance: number[][] = [];
  for (let step = 0; step < 200; step++) {
    const { gradient, information } = derivatives(score, ratings);
    covariance = pseudoInverse(information);
    const change = covariance.map((row) => row.reduce((sum, value, j) => sum + value * gradient[j]!, 0));
    // A full Newton step may overshoot far from the maximum; the likelihood is concave, so a bounded one does not.
    const longest = Math.max(...change.map(Math.abs));
    const scale = longest > 1 ? 1 / longest : 1;
    ratings = ratings.map((rating, i) => rating + scale * change[i]!);
    if (longest < 1e-13) break;
  }
  return {
    ratings,
    standardErrors: covariance.map((row, i) => Math.sqrt(row[i]!)),
    covariance,
    logLikelihood: score.reduce(
      (sum, row, i) => sum + row.reduce((s, x, j) => s - (x && x * Math.log1p(Math.exp(ratings[j]! - ratings[i]!))), 0),
      0,
    ),
  };
}

/** Rating differences against player `reference`, which stands at 0, with their standard errors. */
export function relativeTo({ ratings, covariance }: BradleyTerry, reference: number): { ratings: number[]; standardErrors: number[] } {
  const at = (i: number, j: number) => covariance[i]![j]!;
  return {
    ratings: ratings.map((rating) => rating - ratings[reference]!),
    standardErrors: ratings.map((_, i) => Math.sqrt(Math.max(0, at(i, i) + at(reference, reference) - 2 * at(i, reference)))),
  };
}

/** 1000 + 400 / ln 10 · rating: 400 points are odds of ten to one. */
export function elo(rating: number): number {
  return 1000 + (400 / Math.LN10) * rating;
}

function derivatives(score: readonly (readonly number[])[], ratings: readonly number[]) {
  const n = ratings.length;
  const gradient = new Array<number>(n).fill(0);
  const information = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const games = score[i]![j]! + score[j]![i]!;
      const p = 1 / (1 + Math.exp(ratings[j]! - ratings[i]!));
      gradient[i]! += score[i]![j]! - games * p;
      information[i]![i]! += games * p * (1 - p);
      information[i]![j]! -= games * p * (1 - p);
    }
  }
  return { gradient, information };
}

/** Of the information, whose null space is (1, …, 1): (I + J/n)⁻¹ − J/n, J all ones. */
function pseudoInverse(information: readonly (readonly number[])[]): number[][] {
  const n = information.length;
  const rows = information.map((row, i) => [...row.map((x) => x + 1 / n), ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let row = i + 1; row < n; row++) if (Math.abs(rows[row]![i]!) > Math.abs(rows[pivot]![i]!)) pivot = row;
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    const lead = rows[i]![i]!;
    rows[i] = rows[i]!.map((x) => x / lead);
    for (let row = 0; row < n; row++) {
      const factor = row === i ? 0 : rows[row]![i]!;
      if (factor !== 0) rows[row] = rows[row]!.map((x, k) => x - factor * rows[i]![k]!);
    }
  }
  return rows.map((row) => row.slice(n).map((x) => x - 1 / n));
}

/** Whether everybody beat everybody else, if only through others (Ford 1957): then the maximum is finite. */
function connected(score: readonly (readonly number[])[]): boolean {
  const reaches = (beats: (i: number, j: number) => boolean) => {
    const seen = new Set([0]);
    for (const i of seen) for (let j = 0; j < score.length; j++) if (beats(i, j)) seen.add(j);
    return seen.size === score.length;
  };
  return reaches((i, j) => score[i]![j]! > 0) && reaches((i, j) => score[j]![i]! > 0);
}
