import { expect, test } from 'vitest';
import { createRun } from '#backend/runs/create.ts';
import { estimateSeconds } from '#backend/runs/estimate.ts';
import { configure } from '#backend/runs/methods.ts';
import { startRun } from '#shared/api/runs.ts';
import { usualAdapter } from '#shared/training/adapter.ts';
import { operationsPerParameter } from '#shared/training/work.ts';
import { openBackend, trainableProject } from '../support/real-engine.ts';

const smollm = 134_515_008;
const ppo = (settings: object) => configure('ppo', settings);

test('the count of operations fits what was measured: 31 s of CPU a step of 24 answers on SmolLM2-135M, of 1.1e11 a second', () => {
  const { config } = ppo({ adapter: usualAdapter, critic: 'head', steps: 1, episodes: 24, epochs: 1 });
  const speed = (operationsPerParameter('ppo', config, 0) * smollm) / 31;
  expect(Math.abs(speed / 1.1e11 - 1)).toBeLessThan(0.1);
});

test('operations follow what is done: an answer, its updates, what is trained, the pairs and the references to them', () => {
  const of = (settings: object) => operationsPerParameter('ppo', ppo({ steps: 1, episodes: 1, maxNewTokens: 70, ...settings }).config, 0);
  expect(of({ critic: 'head', epochs: 1 })).toBe(100 * (8 + 6));
  expect(of({ critic: 'head', epochs: 3 })).toBe(100 * (8 + 3 * 6));
  expect(of({ critic: 'separate', epochs: 1 })).toBe(100 * (10 + 2 * 6));
  expect(of({ critic: 'head', epochs: 1, adapter: usualAdapter })).toBe(100 * (8 + 4));
  expect(of({ critic: 'head', epochs: 1, recompute: true })).toBe(100 * (8 + 8));
  expect(operationsPerParameter('sft', configure('sft', { epochs: 2 }).config, 5)).toBe(5 * 2 * 90 * 6);
  expect(operationsPerParameter('dpo', configure('dpo', { epochs: 1 }).config, 5)).toBe(5 * 2 * 90 * 8);
});

test('the first PPO on SmolLM2-135M is told to take an hour or two; a pace counts among models of about its size', () => {
  const { store } = openBackend(trainableProject());
  const large = ppo({ adapter: usualAdapter });
  const first = estimateSeconds(store, large, smollm, 0);
  expect(first / 3600).toBeGreaterThan(1);
  expect(first / 3600).toBeLessThan(2);

  const { row } = createRun(store, startRun.parse({ method: 'ppo', config: { rewards: [{ kind: 'length', max: 40 }] } }));
  store.metrics.insert(row.id, 1, { 'time/step': 7 });
  const { parameters } = store.checkpoints.get(row.startCheckpointId)!;
  expect(estimateSeconds(store, ppo({}), parameters, 0)).toBeCloseTo(7 * row.totalSteps, 6);
  expect(estimateSeconds(store, ppo({ steps: 2 * row.totalSteps }), parameters, 0)).toBeCloseTo(14 * row.totalSteps, 6);
  expect(estimateSeconds(store, large, smollm, 0)).toBe(first);
});
