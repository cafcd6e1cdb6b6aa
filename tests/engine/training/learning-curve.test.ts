import { describe, expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import { differencesOf, type PairStates } from '#engine/training/head-start.ts';
import { learningCurve } from '#engine/training/learning-curve.ts';
import { ridgeHead } from '#engine/training/maths/ridge.ts';

const width = 24;
const random = Random.from(11, 'course');
const taste = Array.from({ length: width }, () => random.normal());

/** Judged pairs of people with one taste, of whom some slip. */
function judgedPairs(n: number, slips: number): PairStates {
  const side = () => Float32Array.from({ length: width }, () => random.normal());
  const worth = (h: Float32Array) => h.reduce((sum, x, k) => sum + x * taste[k]!, 0);
  const pairs = Array.from({ length: n }, () => {
    const [one, other] = [side(), side()];
    return worth(one) > worth(other) === random.uniform() >= slips ? [one, other] : [other, one];
  });
  return { chosen: pairs.map(([c]) => c!), rejected: pairs.map(([, r]) => r!), targets: pairs.map(() => ({ softTarget: 1, margin: 0 })) };
}
const accuracy = (head: Float64Array, states: PairStates) => {
  const differences = differencesOf(states);
  return differences.filter((d) => d.reduce((sum, x, k) => sum + x * head[k]!, 0) > 0).length / differences.length;
};
const breathe = async () => {};

describe('what more judgments would buy', () => {
  const train = judgedPairs(120, 0.15);
  const heldOut = judgedPairs(150, 0.15);

  test('the last point is the head of all judgments, and the course rises with them', async () => {
    const curve = (await learningCurve(train, heldOut, 0.15, 0, breathe))!;
    expect(curve.points.map(({ pairs }) => pairs)).toEqual([30, 60, 90, 120]);
    const all = ridgeHead(differencesOf(train), train.targets, 0.15);
    expect(curve.points.at(-1)!.accuracy).toBeCloseTo(accuracy(all, heldOut), 2);
    expect(curve.points.at(-1)!.accuracy).toBeGreaterThan(curve.points[0]!.accuracy);
    for (const { accuracy: middle, low, high } of curve.points) {
      expect(low).toBeLessThanOrEqual(middle);
      expect(high).toBeGreaterThanOrEqual(middle);
    }
  });

  test('the interval of its forecast holds what 100 more judgments did buy, nine times in ten', async () => {
    let held = 0;
    for (let project = 0; project < 10; project++) {
      const some = judgedPairs(150, 0.15);
      const measured = judgedPairs(200, 0.15);
      const { forecast } = (await learningCurve(some, measured, 0.15, project, breathe))!;
      const gains = Array.from({ length: 3 }, () => {
        const more = judgedPairs(100, 0.15);
        const together = { chosen: [...some.chosen, ...more.chosen], rejected: [...some.rejected, ...more.rejected] };
        const targets = [...some.targets, ...more.targets];
        const head = ridgeHead(differencesOf(together), targets, 0.15);
        return accuracy(head, measured) - accuracy(ridgeHead(differencesOf(some), some.targets, 0.15), measured);
      });
      held += gains.filter((gain) => forecast.low <= gain && gain <= forecast.high).length;
      expect(forecast.gain).toBeGreaterThanOrEqual(0);
    }
    expect(held).toBeGreaterThanOrEqual(27); // of 30
  });

  test('the same seed says the same, and too few pairs say nothing', async () => {
    expect(await learningCurve(train, heldOut, 0.15, 4, breathe)).toEqual(await learningCurve(train, heldOut, 0.15, 4, breathe));
    expect(await learningCurve(judgedPairs(19, 0), heldOut, 0.15, 0, breathe)).toBeNull();
    expect(await learningCurve(train, judgedPairs(19, 0), 0.15, 0, breathe)).toBeNull();
    const tied = { ...heldOut, targets: heldOut.targets.map(() => ({ softTarget: 0.5, margin: 0 })) };
    expect(await learningCurve(train, tied, 0.15, 0, breathe)).toBeNull();
  });
});
