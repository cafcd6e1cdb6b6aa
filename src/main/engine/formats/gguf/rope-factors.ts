import { PlainError } from '#shared/errors.ts';
import { frequencies } from '../../nn/rope-tables.ts';

/** Hugging Face's `rope_scaling` of type llama3. */
export interface Llama3Stretch {
  rope_type: 'llama3';
  factor: number;
  low_freq_factor: number;
  high_freq_factor: number;
  original_max_position_embeddings: number;
}

/** Only the products of the original context with 1/low and 1/high matter, so it is taken as what Llama 3 has. */
const original = 8192;

/**
 * llama.cpp stores Llama 3's stretched positions as a table of divisors of each frequency; config.json wants the four numbers behind it. Divisors go from 1 over
 * 1/((1 − s)/factor + s) to `factor`, where the blend s is linear in the turns that a frequency makes within the original context: 0 at `low` turns, 1 at `high`.
 * Null when nothing is stretched.
 * @throws PlainError `bad_input` when the table is not of this form.
 */
export function stretchFrom(divisors: Float32Array, theta: number, headWidth: number, path: string): Llama3Stretch | null {
  if (divisors.every((divisor) => divisor === 1)) return null;
  const factor = round(divisors.reduce((a, b) => Math.max(a, b)));
  const plain = frequencies({ theta, stretch: null }, headWidth);
  const fits = (stretch: Llama3Stretch) =>
    divisorsOf(stretch, theta, headWidth).every((divisor, i) => Math.abs(divisor / divisors[i]! - 1) < 1e-4);
  if (divisors.length === plain.length) {
    const points = Array.from(plain, (frequency, i) => ({
      turns: (original * frequency) / (2 * Math.PI),
      blend: (1 / divisors[i]! - 1 / factor) / (1 - 1 / factor),
    }));
    for (const [low, high] of linesThrough(points)) {
      const stretch: Llama3Stretch = {
        rope_type: 'llama3',
        factor,
        low_freq_factor: round(low),
        high_freq_factor: round(high),
        original_max_position_embeddings: original,
      };
      if (low > 0 && high > low && fits(stretch)) return stretch;
    }
  }
  throw new PlainError('bad_input', `${path} stretches its positions in a way that is not Llama 3's, so it cannot be used.`);
}

/** Where the blend may begin and end. Two frequencies in between give the line; a narrow head may have one or none, and then whatever agrees with all of them computes the same. */
function linesThrough(points: readonly { turns: number; blend: number }[]): [low: number, high: number][] {
  const between = points.filter(({ blend }) => blend > 1e-4 && blend < 1 - 1e-4);
  const slowest = points.filter(({ blend }) => blend <= 1e-4).reduce((most, { turns }) => Math.max(most, turns), 0);
  const fastest = points
    .filter(({ blend }) => blend >= 1 - 1e-4)
    .reduce((least, { turns }) => Math.min(least, turns), Number.POSITIVE_INFINITY);
  const [first, last] = [between[0], between.at(-1)];
  if (!first || !last) return [[slowest, fastest]];
  if (first !== last) {
    const width = (first.turns - last.turns) / (first.blend - last.blend);
    const low = first.turns - first.blend * width;
    return [[low, low + width]];
  }
  const { turns, blend } = first;
  const asLlama = turns / (1 + 3 * blend); // high is four times low there
  return [
    [asLlama, 4 * asLlama],
    [slowest, slowest + (turns - slowest) / blend],
    [(turns - blend * fastest) / (1 - blend), fastest],
  ];
}

/** The table of a stretch. */
export function divisorsOf(stretch: Llama3Stretch, theta: number, headWidth: number): Float32Array {
  const plain = frequencies({ theta, stretch: null }, headWidth);
  const stretched = frequencies(
    {
      theta,
      stretch: {
        factor: stretch.factor,
        lowFrequencyFactor: stretch.low_freq_factor,
        highFrequencyFactor: stretch.high_freq_factor,
        originalPositions: stretch.original_max_position_embeddings,
      },
    },
    headWidth,
  );
  return Float32Array.from(plain, (frequency, i) => frequency / stretched[i]!);
}

/** Six digits: the table is in float32. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
