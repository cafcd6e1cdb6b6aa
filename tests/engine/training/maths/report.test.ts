/** The maths of the reward report, each against an independent slow version. */
import { describe, expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';
import { lengthControl } from '#engine/training/length-control.ts';
import { logistic } from '#engine/training/maths/logistic.ts';
import { errorAt, fitPowerLaw } from '#engine/training/maths/power-law.ts';

const random = Random.from(3, 'report');
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('logistic regression', () => {
  const u = Array.from({ length: 400 }, () => random.normal());
  const v = u.map((x) => 0.5 * x + random.normal());
  const outcomes = u.map((x, i) => (i % 10 === 0 ? 0.5 : random.uniform() < sigmoid(1.2 * x - 0.6 * v[i]!) ? 1 : 0));

  test('ends where plain gradient descent ends', () => {
    let [a, b] = [0, 0];
    for (let step = 0; step < 20_000; step++) {
      let [ga, gb] = [0, 0];
      u.forEach((x, i) => {
        const residual = sigmoid(a * x + b * v[i]!) - outcomes[i]!;
        ga += residual * x;
        gb += residual * v[i]!;
      });
      a -= (0.5 * ga) / u.length;
      b -= (0.5 * gb) / u.length;
    }
    const fitted = logistic(u, v, outcomes)!;
    expect(fitted.first.value).toBeCloseTo(a, 4);
    expect(fitted.second.value).toBeCloseTo(b, 4);
  });

  test('its standard error is the spread over many data sets', () => {
    const fits = Array.from({ length: 200 }, () => {
      const again = u.map((x, i) => (random.uniform() < sigmoid(1.2 * x - 0.6 * v[i]!) ? 1 : 0));
      return logistic(u, v, again)!.first;
    });
    const mean = fits.reduce((sum, { value }) => sum + value, 0) / fits.length;
    const spread = Math.sqrt(fits.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / fits.length);
    const said = fits.reduce((sum, { error }) => sum + error, 0) / fits.length;
    expect(said / spread).toBeGreaterThan(0.8);
    expect(said / spread).toBeLessThan(1.25);
  });

  test('is null where a regressor says nothing of its own', () => {
    expect(logistic(u, u, outcomes)).toBeNull();
    expect(
      logistic(
        u,
        u.map(() => 0),
        outcomes,
      ),
    ).toBeNull();
  });
});

describe('power law', () => {
  test('finds the one that points lie on, and says what comes next', () => {
    const points = [75, 150, 225, 300].map((n) => ({ n, error: 1.8 * n ** -0.4 + 0.08 }));
    const law = fitPowerLaw(points);
    expect(errorAt(law, 400)).toBeCloseTo(1.8 * 400 ** -0.4 + 0.08, 2);
  });

  test('is not beaten by a random search over the same laws', () => {
    const points = [75, 150, 225, 300].map((n) => ({ n, error: 0.3 - 0.0003 * n + 0.02 * random.normal() }));
    const loss = (a: number, b: number, c: number) => points.reduce((sum, { n, error }) => sum + (a * n ** -b + c - error) ** 2, 0);
    const { a, b, c } = fitPowerLaw(points);
    const least = Math.min(...points.map(({ error }) => error));
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 200_000; i++)
      best = Math.min(best, loss(20 * random.uniform() ** 4, 2 * random.uniform(), least * random.uniform()));
    expect(loss(a, b, c)).toBeLessThan(best + 1e-4);
  });

  test('never says that more data harms', () => {
    const rising = [75, 150, 225, 300].map((n) => ({ n, error: 0.1 + 0.0003 * n }));
    const law = fitPowerLaw(rising);
    expect(errorAt(law, 400)).toBeCloseTo(errorAt(law, 300), 12);
  });
});

describe('length control', () => {
  /** Pairs whose people look at quality alone; the reward has a share of each. */
  function scored(quality: number, length: number) {
    const pairs = Array.from({ length: 300 }, () => {
      const lengths = [10 + random.integer(30), 10 + random.integer(30)];
      const worth = [random.normal(), random.normal()];
      const [better, worse] = worth[0]! > worth[1]! ? [0, 1] : [1, 0];
      const reward = (side: number) => quality * worth[side]! + length * lengths[side]!;
      return { chosen: reward(better), rejected: reward(worse), chosenLength: lengths[better]!, rejectedLength: lengths[worse]! };
    });
    return {
      chosen: pairs.map(({ chosen }) => chosen),
      rejected: pairs.map(({ rejected }) => rejected),
      chosenLengths: pairs.map(({ chosenLength }) => chosenLength),
      rejectedLengths: pairs.map(({ rejectedLength }) => rejectedLength),
      softTargets: pairs.map((_, i) => (i % 25 === 0 ? 0.5 : 1)),
    };
  }
  const share = ({ correct, untied }: { correct: number; untied: number }) => correct / untied;

  test('a reward of length alone orders pairs of like length no better than a coin, and nothing is left without length', () => {
    const control = lengthControl(scored(0, 1));
    expect(share(control.nearEqual)).toBeLessThan(0.7);
    expect(control.odds).toBeNull(); // reward and length are one
    expect(control.withoutLength.untied).toBe(288);
  });

  test('a reward of quality beside length is found out: better at equal length, better without length, odds of its own', () => {
    const data = scored(1, 0.15);
    const control = lengthControl(data);
    const plain = data.chosen.filter((reward, i) => data.softTargets[i] !== 0.5 && reward > data.rejected[i]!).length / 288;
    expect(share(control.nearEqual)).toBeGreaterThan(plain + 0.05);
    expect(share(control.withoutLength)).toBeGreaterThan(plain + 0.1);
    expect(control.odds!.reward.value).toBeGreaterThan(3 * control.odds!.reward.error);
    expect(Math.abs(share(control.longerChosen) - 0.5)).toBeLessThan(0.1);
  });

  test('counts near-equal pairs and takes length out as the definition says', () => {
    const data = {
      chosen: [2, 1, 5],
      rejected: [1, 2, 0],
      chosenLengths: [10, 20, 30],
      rejectedLengths: [11, 10, 10],
      softTargets: [1, 1, 1],
    };
    const control = lengthControl(data);
    expect(control.nearEqual).toEqual({ correct: 1, untied: 1 });
    expect(control.longerChosen).toEqual({ correct: 2, untied: 3 });
    // Δ 1, −1, 5 on −1, 10, 20: slope (−1 − 10 + 100)/501 ≈ .178; what is left: 1.18, −2.78, 1.45
    expect(control.withoutLength).toEqual({ correct: 2, untied: 3 });
  });
});
