/** A coefficient of a logistic regression with its standard error. */
export interface Coefficient {
  value: number;
  error: number;
}

/**
 * Logistic regression without an intercept on two regressors, P(y = 1) = σ(α·u + β·v), by Newton's method; a ridge of 1e-6 keeps it finite where one regressor orders all. Standard errors are from
 * the inverse Hessian. Null where a regressor does not vary, or the two say the same.
 * @param outcomes 1, 0, or ½ for a tie
 */
export function logistic(
  u: readonly number[],
  v: readonly number[],
  outcomes: readonly number[],
): { first: Coefficient; second: Coefficient } | null {
  const [uu, vv, uv] = [dot(u, u), dot(v, v), dot(u, v)];
  if (!(uu > 0 && vv > 0 && uv * uv < (1 - 1e-6) * uu * vv)) return null;
  const ridge = 1e-6 * u.length;
  let [alpha, beta] = [0, 0];
  for (let iteration = 0; iteration < 100; iteration++) {
    let [ga, gb, haa, hab, hbb] = [ridge * alpha, ridge * beta, ridge, 0, ridge];
    for (let i = 0; i < u.length; i++) {
      const p = 1 / (1 + Math.exp(-(alpha * u[i]! + beta * v[i]!)));
      const [residual, weight] = [p - outcomes[i]!, p * (1 - p)];
      ga += residual * u[i]!;
      gb += residual * v[i]!;
      haa += weight * u[i]! * u[i]!;
      hab += weight * u[i]! * v[i]!;
      hbb += weight * v[i]! * v[i]!;
    }
    const determinant = haa * hbb - hab * hab;
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant];
    // A step is held to 1 in each direction: far out the curve is flat and Newton would leap.
    alpha -= Math.max(-1, Math.min(1, da));
    beta -= Math.max(-1, Math.min(1, db));
    if (Math.hypot(da, db) < 1e-10) {
      return { first: { value: alpha, error: Math.sqrt(hbb / determinant) }, second: { value: beta, error: Math.sqrt(haa / determinant) } };
    }
  }
  return null;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
