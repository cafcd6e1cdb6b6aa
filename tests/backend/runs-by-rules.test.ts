import { expect, test } from 'vitest';
import { planInput, startRun } from '#shared/api/runs.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

const rewards = [{ kind: 'length' as const, max: 12 }];

test('GRPO and PPO are planned, sized and run without any reward model when rules alone pay', async () => {
  const { runs, store } = openBackend(trainableProject());
  expect(store.checkpoints.ofKind('reward')).toEqual([]);
  for (const method of ['grpo', 'ppo'] as const) {
    const plan = (config: object) => runs.plan(planInput.parse({ method, config }));
    expect(plan({})).toMatchObject({ ready: false, sentences: [expect.stringMatching(/needs a reward model.*by rules alone/)] });
    const byRules = plan({ rewards });
    expect(byRules).toMatchObject({ ready: true, sentences: [] });
    // The model that is not loaded: as large as the start, which is what a reward model is taken for where there is none yet.
    const [start] = byRules.startCheckpoints;
    expect(plan({}).estimate.memoryBytes - byRules.estimate.memoryBytes).toBe(4 * start!.parameters);

    const run = await runs.finished(runs.start(startRun.parse({ method, config: { ...quick[method], rewards } })).id);
    expect(run).toMatchObject({ state: 'done', rewardModel: null });
    // A length rule gives 0 to 1, and an answer that never ends its own score.
    const paid = runs.samples(run.id).map(({ reward }) => reward);
    expect(paid.length).toBeGreaterThan(0);
    expect(paid.every((reward) => reward === -1 || (reward !== null && reward >= 0 && reward <= 1))).toBe(true);
  }
});

test('a reward model that is there counts for nothing where rules alone pay', async () => {
  const { runs } = openBackend(trainableProject());
  await runs.finished(runs.start(startRun.parse({ method: 'reward', config: quick.reward })).id);
  const memory = (config: object) => runs.plan(planInput.parse({ method: 'ppo', config })).estimate.memoryBytes;
  expect(memory({ rewards })).toBeLessThan(memory({}));
  expect(memory({ rewards: [...rewards, { kind: 'model' }] })).toBe(memory({}));
});
