import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { basesOf } from '#backend/checkpoints/bases.ts';
import { checkpointFolder } from '#backend/checkpoints/register.ts';
import { sampleModel } from '#backend/models/alone.ts';
import { configureFor } from '#backend/runs/configure.ts';
import { createRun } from '#backend/runs/create.ts';
import { planOf } from '#backend/runs/plan.ts';
import { detailOf } from '#backend/runs/views.ts';
import { planInput, startRun } from '#shared/api/runs.ts';
import { sampling } from '#shared/jobs.ts';
import { usualAdapter } from '#shared/training/adapter.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

const adapter = { rank: 2, alpha: 4, targets: ['all-linear'] };

test('a line of adapters over one base: trained, compared, sampled and gone on from', async () => {
  const backend = openBackend(trainableProject());
  const { store, runs, compare } = backend;
  const [base] = store.checkpoints.list();
  const run = async (method: keyof typeof quick, more: object = {}, config: object = {}) => {
    const { id } = runs.start(startRun.parse({ method, config: { ...quick[method], ...config }, ...more }));
    const detail = await runs.finished(id);
    expect(detail).toMatchObject({ state: 'done', error: null });
    return store.checkpoints.get(detail.result?.id ?? '')!;
  };
  const reward = await run('reward', {}, { adapter });
  const policy = await run('ppo', {}, { adapter });
  for (const made of [reward, policy]) {
    expect(made).toMatchObject({ adapter: true, baseId: base!.id, parentId: base!.id });
    expect(existsSync(join(checkpointFolder(store, made), 'adapter_model.safetensors'))).toBe(true);
    expect(made.parameters).toBeGreaterThan(base!.parameters);
    expect(made.bytes).toBeLessThan(base!.bytes); // the tokenizer beside it is most of it
  }
  expect(basesOf(store, [policy, reward])).toEqual({ [base!.hash]: checkpointFolder(store, base!) });

  // what goes on from it goes on with the same adapter
  const again = await run('grpo', { startCheckpoint: policy.id });
  expect(again).toMatchObject({ adapter: true, baseId: base!.id, parentId: policy.id });
  expect(runs.list()[0]).toMatchObject({ method: 'grpo' });
  expect(() =>
    runs.start(startRun.parse({ method: 'grpo', startCheckpoint: policy.id, config: { ...quick.grpo, adapter: usualAdapter } })),
  ).toThrow(/ppo-1 is an adapter of rank 2, and training goes on with it as it is/);

  const { report } = compare.start({
    checkpoints: [base!.id, policy.id, again.id],
    ...{ prompts: 4, split: 'held_out', seed: 1, temperature: 1, maxNewTokens: 8, rewardModel: null },
  });
  await compare.finished(report);
  expect(compare.get(backend.owner, report)).toMatchObject({ state: 'done', error: null });

  const answers = await sampleModel({
    model: checkpointFolder(store, policy),
    question: { messages: [{ role: 'user', content: 'Towels?' }] },
    ...{ count: 2, sampling: sampling.parse({ maxNewTokens: 4 }), signal: new AbortController().signal },
  });
  expect(answers?.answers).toHaveLength(2);
});

test('a small model trains whole by default; a person may choose an adapter', () => {
  const { store } = openBackend(trainableProject({ judged: 0 }));
  const [small] = store.checkpoints.list();
  expect(configureFor(store, 'ppo', small!, {}).config).toMatchObject({ adapter: null, klCoefficient: 0.1 });
  expect(configureFor(store, 'ppo', small!, { adapter: {} }).config.adapter).toEqual(usualAdapter);
  expect(configureFor(store, 'ppo', small!, { adapter: { rank: 3 } }).config.adapter).toEqual({ ...usualAdapter, rank: 3 });
});

test('the plan goes by the start and what is trained of it', () => {
  const { store } = openBackend(trainableProject());
  const plan = (config: Record<string, never> | object) => planOf(store, planInput.parse({ method: 'sft', config }));
  expect(plan({}).defaults).toMatchObject({ adapter: null });
  expect(plan({ adapter }).estimate.memoryBytes).toBeLessThan(plan({}).estimate.memoryBytes);
  // What the start has by itself does not change with what is typed; how fast it learns goes by what is trained.
  expect(plan({ adapter }).defaults).toMatchObject({ adapter: null });
  expect(plan({ adapter: { rank: 0 } })).toMatchObject({
    ready: false,
    sentences: expect.arrayContaining([expect.stringMatching(/adapter/)]),
  });
});

test('of a large model, the plan shows what the run will have, and the run what a person changed', () => {
  const { store } = openBackend(trainableProject());
  const [start] = store.checkpoints.list();
  const sizes = { vocab_size: 49_152, hidden_size: 576, num_hidden_layers: 30, num_attention_heads: 9, num_key_value_heads: 3 };
  const large = { model_type: 'llama', ...sizes, intermediate_size: 1536, max_position_embeddings: 2048, tie_word_embeddings: true };
  writeFileSync(join(checkpointFolder(store, start!), 'config.json'), JSON.stringify(large));
  for (const adapter of [usualAdapter, { ...usualAdapter, rank: 2 }, null]) {
    const { defaults } = planOf(store, planInput.parse({ method: 'dpo', config: { adapter } }));
    const run = configureFor(store, 'dpo', start!, { adapter });
    expect({ ...defaults, adapter }).toEqual(run.config);
    expect(defaults.learningRate).toBe(adapter === null ? 1e-6 : 1e-5);
  }
  const { row } = createRun(store, startRun.parse({ method: 'sft', config: { batchSize: 4 } }));
  const { config, defaults } = detailOf(store, row, undefined);
  expect(defaults).toMatchObject({ adapter: usualAdapter, learningRate: 1e-4 });
  expect(config).toEqual({ ...defaults, batchSize: 4 });
});
