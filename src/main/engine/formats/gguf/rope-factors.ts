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

/**
 * llama.cpp stores Llama 3's stretched positions as a table of divisors of each frequency; config.json wants the four numbers behind it. Divisors go from 1 over
 * 1/((1 − s)/factor + s) to `factor`, where s is linear in the turns that a frequency makes within the original context, so any two in between give the line. Only the products of
 * the original context with 1/low and 1/high matter; the context is taken as 8192, which is what Llama 3 has.
 * @throws PlainError `bad_input` when the table is not of this form.
 */
export function stretchFrom(divisors: Float32Array, theta: number, headWidth: number, path: string): Llama3Stretch | null {
  const factor = Math.max(...divisors);
  if (divisors.every((divisor) => divisor === 1)) return null;
  const original = 8192;
  const plain = frequencies({ theta, stretch: null }, headWidth);
  const between = [...divisors.keys()].filter((i) => divisors[i]! > 1 && divisors[i]! < factor);
  const points = between.map((i) => ({
    turns: (original * plain[i]!) / (2 * Math.PI),
    blend: (1 / divisors[i]! - 1 / factor) / (1 - 1 / factor),
  }));
  const [first, last] = [points[0], points.at(-1)];
  if (divisors.length === plain.length && first && last && first !== last) {
    const slope = (first.blend - last.blend) / (first.turns - last.turns);
    const low = round(first.turns - first.blend / slope);
    const high = round(low + 1 / slope);
    const stretch: Llama3Stretch = {
      rope_type: 'llama3',
      factor: round(factor),
      low_freq_factor: low,
      high_freq_factor: high,
      original_max_position_embeddings: original,
    };
    if (divisorsOf(stretch, theta, headWidth).every((divisor, i) => Math.abs(divisor / divisors[i]! - 1) < 1e-4)) return stretch;
  }
  throw new PlainError('bad_input', `${path} stretches its positions in a way that is not Llama 3's, so it cannot be used.`);
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
