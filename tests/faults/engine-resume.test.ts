import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { EngineEvent, JobOf } from '#shared/jobs.ts';
import { rewardParts } from '#shared/training/rewards.ts';
import { runFolder, small, startEngine, tinyModel, weightsOf } from '../support/engine-run.ts';

/** One folder for the whole file: the reward model of the first test is the judge of PPO and GRPO. */
const parent = mkdtempSync(join(tmpdir(), 'plumbline-engine-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

type Training = 'sft' | 'reward' | 'ppo' | 'dpo' | 'grpo';

const adapter = { rank: 2, alpha: 4, targets: ['all-linear'] };
/** What the adapters rest on. */
const bases = { ['ba5e'.repeat(16)]: tinyModel };

/** Runs with settings of their own beside each method's usual one: members whose draws are their own, a reward of several parts, adapters, the best state kept. */
const variants = {
  'reward, members': { kind: 'reward', config: { ...small.reward, ensemble: 3 } },
  'ppo, rules': {
    kind: 'ppo',
    config: {
      ...small.ppo,
      rewards: rewardParts.parse([
        { kind: 'model', caution: 1 },
        { kind: 'length', max: 3 },
        { kind: 'regex', pattern: 'e' },
      ]),
    },
  },
  'sft, adapter': { kind: 'sft', config: { ...small.sft, adapter } },
  'reward, adapter': { kind: 'reward', config: { ...small.reward, adapter } },
  'dpo, adapter': { kind: 'dpo', config: { ...small.dpo, adapter } },
  'grpo, adapter': { kind: 'grpo', config: { ...small.grpo, adapter, learningRate: 1e-2, updateKlLimit: 1e-6 } },
  'grpo, the other KL': {
    kind: 'grpo',
    config: { ...small.grpo, klIn: small.grpo.klIn === 'loss' ? 'reward' : 'loss', klCoefficient: 0.5 },
  },
  'ppo, adapters': { kind: 'ppo', config: { ...small.ppo, adapter, learningRate: 1e-2, evaluateEvery: 1 } },
  // KL is dear and the rate high, so that a later state is worse than an earlier one
  'ppo, best': {
    kind: 'ppo',
    config: { ...small.ppo, steps: 6, evaluateEvery: 1, learningRate: 1e-2, klCoefficient: 1, checkpointEvery: 2 },
  },
} as const;
type Variant = Training | keyof typeof variants;

function jobOf(variant: Variant, folder: string, resume: boolean): JobOf<Training> {
  if (variant in variants) {
    const { kind, config } = variants[variant as keyof typeof variants];
    const job = { ...jobOf(kind, folder, resume), config, bases } as JobOf<Training>;
    const judge = config.adapter ? 'reward, adapter' : 'reward, members';
    return 'rewardModel' in job ? { ...job, rewardModel: join(parent, `${judge}-whole/checkpoint`) } : job;
  }
  const kind = variant as Training;
  const base = { runFolder: folder, startCheckpoint: tinyModel, resume };
  if (kind === 'sft') return { kind, ...base, config: small.sft };
  if (kind === 'reward') return { kind, ...base, config: small.reward };
  const samplePromptIds = ['p0', 'p1'];
  if (kind === 'dpo') return { kind, ...base, config: small.dpo, samplePromptIds };
  const rewardModel = join(parent, 'reward-whole/checkpoint');
  if (kind === 'grpo') return { kind, ...base, config: small.grpo, rewardModel, samplePromptIds };
  return { kind, ...base, config: small.ppo, rewardModel, samplePromptIds };
}

/** Events that must not depend on interruptions: metrics without what is measured by the clock, and samples. */
function lasting(events: readonly EngineEvent[]): Map<string, unknown> {
  const kept = new Map<string, unknown>();
  for (const heard of events) {
    if (heard.event === 'sample') kept.set(`sample ${heard.step} ${heard.promptId}`, heard);
    if (heard.event !== 'metrics') continue;
    for (const [name, value] of Object.entries(heard.values)) {
      if (!/^(time|throughput)\//.test(name)) kept.set(`${heard.step} ${name}`, value);
    }
  }
  return kept;
}

const kindOf = (variant: Variant): Training =>
  variant in variants ? variants[variant as keyof typeof variants].kind : (variant as Training);

async function whole(kind: Variant): Promise<EngineEvent[]> {
  const folder = runFolder(parent, `${kind}-whole`, kindOf(kind));
  const run = startEngine(jobOf(kind, folder, false));
  await run.until(({ event }) => event === 'done');
  expect((await run.ended).code).toBe(0);
  return run.events;
}

describe.each<Variant>([
  ...['sft', 'reward', 'reward, members', 'ppo', 'ppo, rules', 'dpo', 'grpo'],
  ...['reward, adapter', 'sft, adapter', 'dpo, adapter', 'grpo, adapter', 'ppo, adapters', 'ppo, best', 'grpo, the other KL'],
] as Variant[])('%s', (kind) => {
  let uninterrupted: EngineEvent[] = [];
  test('an uninterrupted run', async () => {
    uninterrupted = await whole(kind);
    const weights = kind.includes('adapter') ? 'adapter_model.safetensors' : 'model.safetensors';
    expect(existsSync(join(parent, `${kind}-whole/checkpoint`, weights))).toBe(true);
    const end = uninterrupted.at(-1)!;
    if (kind === 'ppo, best') expect(end.event === 'done' && end.metrics['held_out/kept_step']).toBeLessThan(6);
    // one whole state is left, and no half-written one
    expect(readdirSync(join(parent, `${kind}-whole/state`)).filter((name) => name !== 'latest').length).toBe(1);
  });

  test('killed by SIGKILL in the middle, again and again, it ends at the same weights', async () => {
    const folder = runFolder(parent, `${kind}-killed`, kindOf(kind));
    const events: EngineEvent[] = [];
    for (const [attempt, wait] of [30, 5, 60, 15].entries()) {
      const run = startEngine(jobOf(kind, folder, attempt > 0));
      await run.until(({ event }) => event === 'state' || event === 'done');
      await new Promise((resolve) => setTimeout(resolve, wait));
      run.child.kill('SIGKILL');
      await run.ended;
      events.push(...run.events);
    }
    const last = startEngine(jobOf(kind, folder, true));
    await last.until(({ event }) => event === 'done');
    events.push(...last.events);
    expect(weightsOf(folder)).toBe(weightsOf(join(parent, `${kind}-whole`)));
    expect(lasting(events)).toEqual(lasting(uninterrupted));
  });

  test('stopped wherever it is, it resumes to the same weights and the same metrics', async () => {
    const folder = runFolder(parent, `${kind}-stopped`, kindOf(kind));
    const events: EngineEvent[] = [];
    let stops = 0;
    for (let attempt = 0; ; attempt++) {
      expect(attempt).toBeLessThan(60);
      const run = startEngine(jobOf(kind, folder, attempt > 0));
      const first = await run.until(({ event }) => event === 'started');
      expect(first).toMatchObject({ event: 'started' });
      await new Promise((resolve) => setTimeout(resolve, 40 * attempt));
      run.send('{"command":"stop"}');
      await run.ended;
      events.push(...run.events);
      const end = run.events.at(-1)!;
      if (end.event === 'done') break;
      expect(end.event).toBe('stopped');
      stops += 1;
    }
    expect(stops).toBeGreaterThan(0);
    expect(weightsOf(folder)).toBe(weightsOf(join(parent, `${kind}-whole`)));
    expect(lasting(events)).toEqual(lasting(uninterrupted));
  });
});

test('the number of threads never shows in the weights', async () => {
  const folder = runFolder(parent, 'ppo-single', 'ppo');
  const run = startEngine(jobOf('ppo', folder, false), { PLUMBLINE_THREADS: '1' });
  await run.until(({ event }) => event === 'done');
  expect(weightsOf(folder)).toBe(weightsOf(join(parent, 'ppo-whole')));
});
