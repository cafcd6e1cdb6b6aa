/** Simulated labeling: which pairs of a pool are labeled, in rounds, and how well a linear head on them orders held-out pairs. Pure; a test drives it with made-up features. */

import { placesOf } from '#backend/team/places.ts';
import { Random } from '#engine/nn/random.ts';
import { memberDraw } from '#engine/training/head-start.ts';
import { ridgeHead } from '#engine/training/maths/ridge.ts';

export type Strategy = 'random' | 'uncertainty' | 'disagreement';

/** d = h_a − h_b of a pair, and whether a is the better one (by the label, which may be wrong; `truth` is not). */
export interface PairFeatures {
  difference: Float32Array;
  label: boolean;
  truth: boolean;
}

export interface LabelingPlan {
  /** Labels of the first round, drawn at random, and of every further one. */
  first: number;
  round: number;
  last: number;
  /** Share of every further round that is drawn at random. */
  randomShare: number;
  ridge: number;
  /** Heads whose disagreement is looked at. */
  members: number;
}

/** Accuracy on held-out pairs after each round, by number of labels. */
export type Course = { labels: number; accuracy: number }[];

/** One simulated lead's labeling from the first label to the last. The pool's first draw and the random slices go by `seed`, alike for every strategy. */
export function labelingCourse(
  pool: readonly PairFeatures[],
  heldOut: readonly PairFeatures[],
  strategy: Strategy,
  plan: LabelingPlan,
  seed: number,
): Course {
  const shuffled = Random.from(seed, 'active').shuffle([...pool.keys()]);
  const labeled = shuffled.slice(0, plan.first);
  const waiting = new Set(shuffled.slice(plan.first));
  const course: Course = [];
  for (;;) {
    const head = headOn(pool, labeled, plan.ridge);
    const correct = heldOut.filter(({ difference, truth }) => score(head, difference) > 0 === truth).length;
    course.push({ labels: labeled.length, accuracy: correct / heldOut.length });
    if (labeled.length >= plan.last) return course;
    const wanted = Math.min(plan.round, plan.last - labeled.length, waiting.size);
    if (wanted === 0) return course;
    const random = strategy === 'random' ? wanted : Math.round(plan.randomShare * wanted);
    const take = (ids: Iterable<number>, count: number) => {
      let taken = 0;
      for (const id of ids) {
        if (taken === count) break;
        if (!waiting.delete(id)) continue;
        labeled.push(id);
        taken += 1;
      }
    };
    // The order is made before the round's labels are known, as a queue is.
    const chosen = strategy === 'random' ? [] : ordered(pool, waiting, labeled, strategy, plan, seed);
    take([...waiting].slice(0, random), random); // `waiting` keeps the shuffle's order
    take(chosen, wanted - random);
  }
}

function headOn(pool: readonly PairFeatures[], rows: readonly number[], ridge: number): Float64Array {
  return ridgeHead(
    rows.map((row) => pool[row]!.difference),
    rows.map((row) => ({ softTarget: pool[row]!.label ? 1 : 0, margin: 0 })),
    ridge,
  );
}

function score(head: Float64Array, difference: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < head.length; k++) sum += head[k]! * difference[k]!;
  return sum;
}

/** What waits, the most telling first: the app's own order, by the margins of one head or of several on draws of the labels. */
function ordered(
  pool: readonly PairFeatures[],
  waiting: ReadonlySet<number>,
  labeled: readonly number[],
  strategy: 'uncertainty' | 'disagreement',
  plan: LabelingPlan,
  seed: number,
): number[] {
  const heads =
    strategy === 'uncertainty'
      ? [headOn(pool, labeled, plan.ridge)]
      : Array.from({ length: plan.members }, (_, member) =>
          headOn(
            pool,
            memberDraw(labeled.length, seed, member).map((row) => labeled[row]!),
            plan.ridge,
          ),
        );
  const margins = new Map([...waiting].map((id) => [String(id), heads.map((head) => score(head, pool[id]!.difference))]));
  return [...placesOf(strategy, margins)].sort((a, b) => a[1] - b[1]).map(([id]) => Number(id));
}

/** Labels that a course needs to reach an accuracy, between rounds by a straight line; null if it never does. */
export function labelsToReach(course: Course, accuracy: number): number | null {
  for (const [index, { labels, accuracy: reached }] of course.entries()) {
    if (reached < accuracy) continue;
    const before = course[index - 1];
    if (!before) return labels;
    return before.labels + ((accuracy - before.accuracy) / (reached - before.accuracy)) * (labels - before.labels);
  }
  return null;
}
