import { expect, test } from 'vitest';
import { addPrompt } from '#backend/comparisons.ts';
import { createProjectFolder } from '#backend/create-project.ts';
import { simulatedName } from '#backend/demo.ts';
import { createOverOptimization } from '#backend/over-optimization.ts';
import { startRun } from '#shared/api/runs.ts';
import { exactReply, judge, makePrompt } from '#shared/front-desk/index.ts';
import { followedPrompts, pushed } from '#shared/over-optimization.ts';
import { uniformOf } from '../demo/uniform.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A demo project with requests of the grammar among its held-out prompts. */
function openDemo() {
  const backend = openBackend(trainableProject());
  const uniform = uniformOf(1);
  const requests = Array.from({ length: 4 }, () => {
    const request = makePrompt('held_out', uniform);
    const messages = [{ role: 'user' as const, content: request.text }];
    const { intent: topic, values: slots } = request;
    const { id } = addPrompt(backend.store, { messages, topic, slots, source: 'demo', split: 'held_out', importId: null });
    return { id, request };
  });
  return { ...backend, requests, demonstration: createOverOptimization(backend.context, backend.runs) };
}

test('two runs alike but for β are queued, and gold is read from their stored answers alone', async () => {
  const { store, runs, requests, demonstration } = openDemo();
  await runs.finished(runs.start(startRun.parse({ method: 'reward', config: quick.reward })).id);
  expect(demonstration.get()).toMatchObject({ runs: [], rewardRun: null, trainsFirst: null, refusal: null });

  const { runs: started, prompts } = demonstration.start();
  const [free, held] = started.map(({ run }) => store.runs.get(run.id)!);
  expect(free!.config).toMatchObject({ ...pushed, klCoefficient: 0 });
  expect(held!.config).toEqual({ ...free!.config, klCoefficient: demonstration.get()?.beta });
  expect(prompts).toBe(Math.min(followedPrompts, store.prompts.counts().held_out));
  expect(() => demonstration.start()).toThrow(/still under way/);
  for (const { run } of started) runs.stop(run.id);
  for (const { run } of started) await runs.finished(run.id);

  expect(['stopped', 'interrupted']).toContain(runs.get(free!.id).state);

  // whatever they had answered by then makes room for answers whose worth is known
  store.samples.dropAfter(free!.id, -1);
  const sample = { runId: free!.id, tokens: 9, terminated: true };
  for (const { id, request } of requests) {
    const good = exactReply(request, uniformOf(2));
    store.samples.insert({ ...sample, step: 0, promptId: id, text: good, reward: 1, kl: 0 });
    store.samples.insert({ ...sample, step: 1, promptId: id, text: 'towels towels towels', reward: 3, kl: 8 });
  }
  const own = addPrompt(store, {
    ...{ messages: [{ role: 'user', content: 'Mine?' }], topic: null, source: 'test', split: 'held_out', importId: null },
  });
  store.samples.insert({ ...sample, step: 1, promptId: own.id, text: 'A prompt of a person has no judge.', reward: 99, kl: 99 });
  const best = requests.map(({ request }) => judge(request, exactReply(request, uniformOf(2))).gold);
  const [shown] = demonstration.get()!.runs;
  expect(shown).toMatchObject({ beta: 0, learningRate: pushed.learningRate, run: { id: free!.id } });
  expect(shown!.course).toEqual([
    { step: 0, kl: 0, proxy: 1, gold: best.reduce((sum, gold) => sum + gold, 0) / best.length },
    { step: 1, kl: 8, proxy: 3, gold: -4 },
  ]);
  const fall = -4 - best.reduce((sum, gold) => sum + gold, 0) / best.length;
  expect(shown!.difference).toMatchObject({ value: expect.closeTo(fall, 9), n: requests.length });
  expect(demonstration.get()?.refusal).toBeNull();
});

test('without a reward model one start trains it on the simulated judgments, as switched out as they are, and both runs follow it once', async () => {
  const { store, runs, demonstration } = openDemo();
  const simulated = store.people.named('simulated', simulatedName)!;
  expect(simulated.enabled).toBe(0);
  expect(demonstration.get()).toMatchObject({ refusal: null, trainsFirst: { judgments: 12, by: ['simulated'] } });
  const first = demonstration.start();
  expect(first).toMatchObject({
    runs: [],
    rewardRun: { method: 'reward', simulated: true },
    refusal: expect.stringMatching(/still under way/),
  });
  const reward = first.rewardRun!;
  expect(runs.get(reward.id).data).toMatchObject({ judgmentsBy: ['simulated'] });
  expect(store.people.named('simulated', simulatedName)!.enabled).toBe(0);
  expect(() => demonstration.start()).toThrow(/still under way/);

  // Stopped, nothing follows; resumed and done, both do, on what it made.
  runs.stop(reward.id);
  await runs.finished(reward.id);
  expect(demonstration.get()).toMatchObject({
    runs: [],
    rewardRun: { state: expect.stringMatching(/^(stopped|interrupted)$/) },
    refusal: null,
  });
  runs.resume(reward.id);
  const { result } = await runs.finished(reward.id);
  const { runs: pushedRuns, rewardRun, trainsFirst } = demonstration.get()!;
  for (const { run } of pushedRuns) runs.stop(run.id);
  for (const { run } of pushedRuns) await runs.finished(run.id);
  expect(rewardRun).toMatchObject({ id: reward.id, state: 'done' });
  expect(trainsFirst).toBeNull();
  expect(pushedRuns.map(({ run }) => store.runs.get(run.id)!.rewardModelId)).toEqual([result!.id, result!.id]);
  expect(pushedRuns.map(({ beta }) => beta)).toEqual([0, demonstration.get()!.beta]);
  expect(runs.list().filter(({ method }) => method === 'ppo')).toHaveLength(2);
});

test('a project that is not the demo has no judge', () => {
  const { context, runs } = openBackend(createProjectFolder(`${temporaryFolder()}/own`, null));
  const demonstration = createOverOptimization(context, runs);
  expect(demonstration.get()).toBeNull();
  expect(() => demonstration.start()).toThrow(/Only the demo project/);
});
