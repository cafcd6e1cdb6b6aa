import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of golden fixtures: `PLUMBLINE_GOLDEN`, or the copies beside this file. */
export const goldenFolder: string = process.env['PLUMBLINE_GOLDEN'] ?? fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '');

/** Path of a file of the fixtures. */
export function goldenPath(...parts: string[]): string {
  return join(goldenFolder, ...parts);
}

/** `FAMILY/fixture.json`, typed by the test that reads it. */
export function goldenFixture<Fixture>(...family: string[]): Fixture {
  return JSON.parse(readFileSync(goldenPath(...family, 'fixture.json'), 'utf8')) as Fixture;
}

/** Largest |a − b| / max(1, |b|) over all entries: the measure of the fixtures' tolerances. NaN anywhere is Infinity. */
export function worstError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values where ${expected.length} are expected`);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i]! - expected[i]!) / Math.max(1, Math.abs(expected[i]!));
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}

/** Tolerances of golden/README.md. */
export const tolerance = {
  logits: 5e-5,
  logProbs: 2e-5,
  losses: 2e-5,
  gradients: 2e-5,
  gradientNorm: 5e-5,
  parametersAfter: 2e-5,
  perToken: 5e-5,
  formulas: 1e-5,
  probabilities: 1e-10,
} as const;
