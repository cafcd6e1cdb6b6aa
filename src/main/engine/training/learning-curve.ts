import type { LearningCurve } from '#shared/jobs.ts';
import { Random } from '../nn/random.ts';
import { differencesOf, type PairStates } from './head-start.ts';
import { errorAt, fitPowerLaw } from './maths/power-law.ts';
import { ridgeHead } from './maths/ridge.ts';
import { mean, variance } from './maths/statistics.ts';

/** Shares of the judgments, and how many draws of each are averaged: a quarter of them is a matter of luck, all of them are all of them. */
const shares = [
  { share: 0.25, draws: 6 },
  { share: 0.5, draws: 6 },
  { share: 0.75, draws: 6 },
  { share: 1, draws: 1 },
];
/** Fewer pairs than this give no course. */
const fewestTraining = 20;
const fewestHeldOut = 20;
/** Numbers (pairs × width) beyond which a fit takes too long to be a side matter. */
const mostNumbers = 2e6;
const replicates = 400;
const morePairs = 100;

/**
 * What more judgments would buy: held-out accuracy of the linear head fitted to a quarter, a half, three quarters and all of the judgments, on hidden states of the untouched backbone, and a power
 * law through their errors. It is the head's curve and not that of the fine-tuned model, which would have to be trained two dozen times. The interval is of a bootstrap over held-out pairs and draws, and of the luck of one draw.
 * Null where there are too few pairs, or so many that it would take minutes.
 */
export async function learningCurve(
  train: PairStates,
  heldOut: PairStates,
  ridge: number,
  seed: number,
  breathe: () => Promise<void>,
): Promise<LearningCurve | null> {
  const differences = differencesOf(train);
  const measured = differencesOf(heldOut).filter((_, i) => heldOut.targets[i]!.softTarget !== 0.5);
  const width = differences[0]?.length ?? 0;
  if (differences.length < fewestTraining || measured.length < fewestHeldOut || differences.length * width > mostNumbers) return null;
  const points: CurvePoint[] = [];
  for (const { share, draws } of shares) {
    const pairs = Math.round(share * differences.length);
    const point: CurvePoint = { pairs, correct: [] };
    for (let draw = 0; draw < draws; draw++) {
      await breathe();
      const rows = Random.from(seed, 'learning curve', pairs, draw)
        .shuffle(differences.map((_, i) => i))
        .slice(0, pairs);
      const head = ridgeHead(
        rows.map((i) => differences[i]!),
        rows.map((i) => train.targets[i]!),
        ridge,
      );
      point.correct.push(measured.map((d) => (d.reduce((sum, x, k) => sum + x * head[k]!, 0) > 0 ? 1 : 0)));
    }
    points.push(point);
  }
  return forecastOf(points, Random.from(seed, 'learning curve', 'bootstrap'));
}

/** Which held-out pairs each draw of so many training pairs orders as people did, 1 or 0. */
export interface CurvePoint {
  pairs: number;
  /** [draws][held-out pairs] */
  correct: number[][];
}

/** Accuracies with their intervals, and what `morePairs` pairs beyond the last point would add. */
export function forecastOf(points: readonly CurvePoint[], random: Random): LearningCurve {
  const heldOut = points[0]!.correct[0]!.length;
  const accuracies = points.map(({ correct }) => mean(correct.map(mean)));
  const luck = luckOf(points);
  const drawn: { accuracies: number[]; gain: number }[] = [];
  for (let replicate = 0; replicate < replicates; replicate++) {
    const columns = Array.from({ length: heldOut }, () => random.integer(heldOut));
    const again = points.map(({ correct }) =>
      mean(
        correct.map(() => {
          const row = correct[random.integer(correct.length)]!;
          return mean(columns.map((column) => row[column]!));
        }),
      ),
    );
    drawn.push({ accuracies: again, gain: gainOf(points, again) + luck * random.normal() });
  }
  return {
    points: points.map(({ pairs }, i) => ({
      pairs,
      accuracy: accuracies[i]!,
      ...middle(drawn.map((replicate) => replicate.accuracies[i]!)),
    })),
    forecast: { morePairs, gain: gainOf(points, accuracies), ...middle(drawn.map(({ gain }) => gain)) },
  };
}

/**
 * How far accuracy moves with which judgments there happen to be: the head of all of them is one draw, and so is that of 100 more, so what they bring is as uncertain as that beside
 * what the curve says. Draws of a share f of the same pairs vary by less than fresh ones, by √((1 − f)/f) (sampling without replacement), which is made good here.
 */
function luckOf(points: readonly CurvePoint[]): number {
  const several = points.findLast(({ correct }) => correct.length > 1);
  if (!several) return 0;
  const share = several.pairs / points.at(-1)!.pairs;
  return Math.sqrt((variance(several.correct.map(mean), 1) * share) / (1 - share));
}

/** What the fitted power law says of `morePairs` pairs more than the last point has. */
function gainOf(points: readonly CurvePoint[], accuracies: readonly number[]): number {
  const law = fitPowerLaw(points.map(({ pairs }, i) => ({ n: pairs, error: 1 - accuracies[i]! })));
  const all = points.at(-1)!.pairs;
  return errorAt(law, all) - errorAt(law, all + morePairs);
}

/** The middle 95% of values. */
function middle(values: readonly number[]): { low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { low: at(0.025), high: at(0.975) };
}
