import { expect, test } from 'vitest';
import { modelCard } from '#backend/models/card.ts';
import { createRun } from '#backend/runs/create.ts';
import { headlineOf, measuredOf } from '#backend/runs/measured.ts';
import { summaryOf } from '#backend/runs/views.ts';
import { startRun } from '#shared/api/runs.ts';
import { openBackend, trainableProject } from '../support/real-engine.ts';

/** A run of 26 steps that was measured at each fifth step and at its end. */
function measuredRun(keptStep: number | null) {
  const { store } = openBackend(trainableProject());
  const rules = { rewards: [{ kind: 'length', max: 40 }] };
  const { row } = createRun(store, startRun.parse({ method: 'ppo', config: rules }));
  for (const [step, worth] of [
    [5, 0.4],
    [15, 0.71],
    [26, 0.2],
  ] as const) {
    store.metrics.insert(row.id, step, { 'objective/rlhf_reward': worth + 0.14, 'objective/kl': step / 2 });
    store.metrics.insert(row.id, step, { 'held_out/rlhf_reward': worth, 'held_out/kl': step / 5 });
  }
  if (keptStep !== null) store.metrics.insert(row.id, 26, { 'held_out/kept_step': keptStep });
  store.runs.update(row.id, { state: 'done', step: 26 });
  return { store, row: store.runs.get(row.id)! };
}

test('what a run reached is what was measured on held-out prompts, of the step that was kept', () => {
  const { store, row } = measuredRun(15);
  expect(summaryOf(store, row, undefined).headline).toEqual({ metric: 'held_out/rlhf_reward', value: 0.71 });
  expect(measuredOf(store, row, 'objective/kl')).toBe(7.5);
  expect(measuredOf(store, row, 'reward/std')).toBeUndefined();
  // It goes on: what counts is how it does now.
  expect(headlineOf(store, { ...row, state: 'running' })?.value).toBe(0.2);

  const last = measuredRun(null);
  expect(headlineOf(last.store, last.row)?.value).toBe(0.2);
});

test('a model card says how far the policy that was kept is from its start, and where that was measured', () => {
  const { store, row } = measuredRun(15);
  const checkpoint = { ...store.checkpoints.list()[0]!, runId: row.id };
  expect(modelCard(store, checkpoint, [], 'hf')).toContain(
    '- KL to its start on held-out prompts: 3.00 nats a response, after step 15 of 26, which was kept\n',
  );
});
