import { expect, test } from 'vitest';
import { addPrompt } from '#backend/comparisons.ts';
import { createProjectFolder } from '#backend/create-project.ts';
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
  expect(demonstration.get()).toMatchObject({ runs: [], needsRewardModel: true, refusal: expect.stringMatching(/reward model/i) });
  expect(() => demonstration.start()).toThrow(/reward model/i);
  await runs.finished(runs.start(startRun.parse({ method: 'reward', config: quick.reward })).id);

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
}, 60_000);

test('a project that is not the demo has no judge', () => {
  const { context, runs } = openBackend(createProjectFolder(`${temporaryFolder()}/own`, null));
  const demonstration = createOverOptimization(context, runs);
  expect(demonstration.get()).toBeNull();
  expect(() => demonstration.start()).toThrow(/Only the demo project/);
});
