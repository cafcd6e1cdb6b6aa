/** Statistics over plain numbers, in float64. Every empty input gives NaN: a statistic of nothing is not 0. */

export { pearson as correlation } from '#shared/correlation.ts';

export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** Σ(x − mean)² / (n − `correction`): `correction` 0 is the population variance, 1 the unbiased one. */
export function variance(values: ArrayLike<number>, correction: 0 | 1): number {
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] as number) - center) ** 2;
  return sum / (values.length - correction);
}

/** 1 − Var(R − V) / Var(R): 1 is a perfect value function, 0 no better than a constant. Null where returns do not vary. */
export function explainedVariance(values: ArrayLike<number>, returns: ArrayLike<number>): number | null {
  const error = Float64Array.from(returns, (R, i) => R - (values[i] as number));
  const spread = variance(returns, 1);
  return spread > 0 ? 1 - variance(error, 1) / spread : null;
}

/** All rows behind one another: the tokens of a batch, of which none is padding. */
export function flat(rows: readonly ArrayLike<number>[]): Float64Array {
  const out = new Float64Array(rows.reduce((n, row) => n + row.length, 0));
  let offset = 0;
  for (const row of rows) {
    out.set(row, offset);
    offset += row.length;
  }
  return out;
}
