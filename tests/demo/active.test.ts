import { expect, test } from 'vitest';
import { seededRandom } from '#shared/random.ts';
import { type LabelingPlan, labelingCourse, labelsToReach, type PairFeatures } from '../../scripts/active/selection.ts';

const plan: LabelingPlan = { first: 20, round: 20, last: 120, randomShare: 0.2, ridge: 0.15, members: 3 };

/** Pairs whose better response a hidden direction decides; most lie far from the boundary, few near it. */
function made(count: number, slips: number, seed: number): PairFeatures[] {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: count }, () => {
    const difference = Float32Array.from({ length: 12 }, normal);
    const truth = difference[0]! + 0.5 * difference[1]! > 0;
    return { difference, truth, label: random() < slips ? !truth : truth };
  });
}

test('every strategy labels as many, learns, and begins with the same draw', () => {
  const pool = made(400, 0.05, 1);
  const heldOut = made(400, 0, 2);
  const courses = (['random', 'uncertainty', 'disagreement'] as const).map((strategy) => labelingCourse(pool, heldOut, strategy, plan, 3));
  for (const course of courses) {
    expect(course.map(({ labels }) => labels)).toEqual([20, 40, 60, 80, 100, 120]);
    expect(course.at(-1)!.accuracy).toBeGreaterThan(0.8);
    expect(course[0]).toEqual(courses[0]![0]);
  }
  expect(labelingCourse(pool, heldOut, 'uncertainty', plan, 3)).toEqual(courses[1]);
});

test('a pool that runs out ends the course', () => {
  expect(labelingCourse(made(50, 0, 1), made(50, 0, 2), 'uncertainty', plan, 1).at(-1)!.labels).toBe(50);
});

test('labels for an accuracy, by a straight line between rounds', () => {
  const course = [
    { labels: 50, accuracy: 0.7 },
    { labels: 100, accuracy: 0.8 },
  ];
  expect(labelsToReach(course, 0.75)).toBeCloseTo(75, 9);
  expect(labelsToReach(course, 0.6)).toBe(50);
  expect(labelsToReach(course, 0.9)).toBeNull();
});
