import { expect, test } from 'vitest';
import { type FrontierRun, frontierPoints, onFrontier } from '../../../src/renderer/train/frontier.ts';

const run = (name: string, klCoefficient: number, metrics: Record<string, number>): FrontierRun => ({
  name,
  config: { klCoefficient, heldOutPrompts: 64, episodes: 96 },
  heldOut: 16,
  measured: (metric) => metrics[metric],
});

test('held-out measurements come first, the last batch where there are none; runs without both are left out', () => {
  const points = frontierPoints([
    run('ppo-1', 0.1, { 'held_out/reward': 1, 'held_out/kl': 2, 'objective/reward': 9, 'objective/kl': 9, 'reward/std': 0.8 }),
    run('ppo-2', 0.2, { 'objective/reward': 0.5, 'objective/kl': 1 }),
    run('ppo-3', 0.3, { 'objective/reward': 0.5 }),
  ]);
  expect(points.map(({ name, kl, reward }) => [name, kl, reward.value])).toEqual([
    ['β 0.1', 2, 1],
    ['β 0.2', 1, 0.5],
  ]);
  expect(points[0]!.reward.high - 1).toBeCloseTo((1.96 * 0.8) / 4, 12); // there are 16 held-out prompts, whatever the setting asks for
  expect(points.map(({ reward }) => reward.n)).toEqual([16, 96]);
});

test('seeds of one β are named by their runs', () => {
  const metrics = { 'held_out/reward': 1, 'held_out/kl': 2 };
  expect(frontierPoints([run('ppo-1', 0.1, metrics), run('ppo-2', 0.1, metrics)]).map(({ name }) => name)).toEqual(['ppo-1', 'ppo-2']);
});

test('the frontier holds what nothing beats in both reward and KL', () => {
  const at = (name: string, kl: number, reward: number) => run(name, kl, { 'objective/reward': reward, 'objective/kl': kl });
  const points = frontierPoints([at('a', 4, 2), at('b', 1, 1), at('c', 2, 0.5), at('d', 6, 1.9)]);
  expect(onFrontier(points).map(({ kl }) => kl)).toEqual([1, 4]);
});
