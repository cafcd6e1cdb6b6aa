import { expect, test } from 'vitest';
import { compareDraws } from '#engine/process/slices.ts';
import type { PairStates } from '#engine/training/head-start.ts';
import { seededRandom } from '#shared/random.ts';

/** Pairs ordered by a hidden direction of eight; `near` are those that a first guess at it cannot tell. */
function made(count: number): { states: PairStates; near: number[]; far: number[] } {
  const random = seededRandom(5);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const chosen = Array.from({ length: count }, () => {
    const d = Float32Array.from({ length: 8 }, normal);
    return d[0]! + d[1]! > 0 ? d : d.map((x) => -x);
  });
  const rows = chosen.map((d, row) => ({ row, margin: Math.abs(d[0]! + d[1]!) })).sort((a, b) => a.margin - b.margin);
  return {
    states: { chosen, rejected: chosen.map((d) => new Float32Array(d.length)), targets: chosen.map(() => ({ softTarget: 1, margin: 0 })) },
    near: rows.slice(0, count / 2).map(({ row }) => row),
    far: rows.slice(count / 2).map(({ row }) => row),
  };
}

test('labels that tell more are seen to, by as many of either kind, the same on every machine', () => {
  const { states, near, far } = made(600);
  const heldOut = [...near.slice(0, 60), ...far.slice(0, 60)];
  const rows = { random: far.slice(60, 110), chosen: near.slice(60, 110), heldOut };
  const compared = compareDraws(states, rows, 0.2, 0.15);
  expect(compared.labels).toBe(50);
  expect(compared.heldOut).toBe(120);
  expect(compared.gain.value).toBeCloseTo(compared.chosen - compared.random, 12);
  expect(compared.gain.low).toBeLessThan(compared.gain.value);
  expect(compareDraws(states, rows, 0.2, 0.15)).toEqual(compared);
  // The other way round the sign turns.
  const turned = compareDraws(states, { ...rows, random: rows.chosen, chosen: rows.random }, 0.2, 0.15);
  expect(Math.sign(turned.gain.value)).toBe(-Math.sign(compared.gain.value));
});

test('drawn from the same pairs, neither wins', () => {
  const { states, near, far } = made(600);
  const pool = [...near.slice(60), ...far.slice(60)];
  const { gain } = compareDraws(states, { random: pool, chosen: pool, heldOut: [...near.slice(0, 60), ...far.slice(0, 60)] }, 0.2, 0.15);
  expect(gain.low <= 0 && gain.high >= 0).toBe(true);
});
