/** Every sign of failure (spec/algorithms.md, last section), provoked by a real run on a tiny model, and a healthy run that gives none. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { Parameters } from '#engine/nn/parameters.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import type { JobContext } from '#engine/training/context.ts';
import { trainDpo } from '#engine/training/dpo.ts';
import { trainGrpo } from '#engine/training/grpo.ts';
import { loadModels } from '#engine/training/policy-models.ts';
import { improve, targetsOf, trainPpo } from '#engine/training/ppo.ts';
import { stepMetrics } from '#engine/training/ppo-metrics.ts';
import { trainReward } from '#engine/training/reward.ts';
import { type Episode, measure } from '#engine/training/rollout.ts';
import { trainSft } from '#engine/training/sft.ts';
import { findSigns, type StepFacts } from '#engine/training/signs.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import type { JobOf } from '#shared/jobs.ts';
import { dpoConfig } from '#shared/training/dpo.ts';
import { grpoConfig } from '#shared/training/grpo.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import { sftConfig } from '#shared/training/sft.ts';
import { tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-signs-'));
const objects = ['a towel', 'two towels', 'a taxi', 'the bill', 'a pillow', 'late checkout', 'the code', 'tea'];
const ask = (object: string) => [{ role: 'user' as const, content: `Send up ${object}.` }];
const reply = (object: string, thanks: number) => `Here is ${object}.${' Thank you.'.repeat(thanks)}`;
const prompts = objects.map((object, i) => ({ id: `p${i}`, prompt: ask(object) }));

let backend: Backend;
let start: string;
/** The same after a quarter of its training: less certain of everything. */
let barelyTuned: string;
/** Reward models: one that was taught to love length, one that likes a single thank you. */
let lovesLength: string;
let likesThanks: string;

function folderOf(name: string, train: readonly unknown[], heldOut = train.slice(0, 2)): string {
  const folder = join(parent, name);
  mkdirSync(join(folder, 'data'), { recursive: true });
  const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  writeFileSync(join(folder, 'data/train.jsonl'), lines(train));
  writeFileSync(join(folder, 'data/held_out.jsonl'), lines(heldOut));
  return folder;
}

const pairs = (better: (object: string) => string, worse: (object: string) => string) =>
  objects.map((object, i) => ({
    ...{ id: `${i}: ${better('x')} ${worse('x')}`, promptId: `p${i}`, prompt: ask(object), softTarget: 1, strength: 1 },
    ...{ chosen: better(object), rejected: worse(object) },
  }));

/** Signs that a run gave, by name, each with its sentence. */
function listen(): { context: JobContext; signs: Map<string, string> } {
  const signs = new Map<string, string>();
  const context: JobContext = {
    emit: (heard) => void (heard.event === 'sign' && signs.set(heard.sign, heard.sentence)),
    breathe: async () => {},
    backend: backend.words,
  };
  return { context, signs };
}

async function rewardModel(name: string, rows: readonly unknown[]): Promise<string> {
  const folder = folderOf(name, rows);
  const config = rewardConfig.parse({ epochs: 4, learningRate: 1e-3, normalizationSamples: 32 });
  await trainReward({ kind: 'reward', runFolder: folder, startCheckpoint: start, resume: false, config }, listen().context);
  return join(folder, 'checkpoint');
}

function ppoJob(name: string, rewardModel: string | null, settings: Record<string, unknown>): JobOf<'ppo'> {
  const online = { episodes: 32, minibatchSize: 16, maxNewTokens: 40, learningRate: 2e-3, warmupSteps: 0, schedule: 'constant' };
  const config = ppoConfig.parse({ steps: 16, critic: 'head', checkpointEvery: 100, ...online, ...settings });
  const runFolder = join(parent, name);
  if (!readdirSync(parent).includes(name)) folderOf(name, prompts);
  return { kind: 'ppo', runFolder, startCheckpoint: start, resume: false, config, rewardModel, samplePromptIds: [] };
}

async function ppoSigns(name: string, rewardModel: string | null, settings: Record<string, unknown>): Promise<Map<string, string>> {
  const { context, signs } = listen();
  await trainPpo(ppoJob(name, rewardModel, settings), context);
  return signs;
}

beforeAll(async () => {
  backend = await openBackend();
  const rows = objects.flatMap((object, i) =>
    [0, 1, 2].map((thanks) => ({ id: `s${i}-${thanks}`, prompt: ask(object), response: reply(object, thanks) })),
  );
  const tuned = async (name: string, epochs: number) => {
    const folder = folderOf(name, rows);
    const config = sftConfig.parse({ batchSize: 8, epochs, learningRate: 1e-2 });
    await trainSft({ kind: 'sft', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, listen().context);
    return join(folder, 'checkpoint');
  };
  start = await tuned('sft', 25);
  barelyTuned = await tuned('sft-early', 6);
  const thanked = (more: number, fewer: number) =>
    pairs(
      (object) => reply(object, more),
      (object) => reply(object, fewer),
    );
  lovesLength = await rewardModel('loves-length', [...thanked(2, 0), ...thanked(1, 0), ...thanked(2, 1)]);
  likesThanks = await rewardModel('likes-thanks', [...thanked(1, 0), ...thanked(1, 2)]);
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

describe('a healthy run gives no sign', () => {
  const gentle = { learningRate: 5e-4, schedule: 'linear', steps: 12, critic: 'separate' };
  test('PPO', async () => {
    expect([...(await ppoSigns('healthy-ppo', likesThanks, gentle))]).toEqual([]);
  });

  test('GRPO', async () => {
    const { context, signs } = listen();
    const online = { groups: 4, groupSize: 8, minibatchSize: 16, maxNewTokens: 40, learningRate: 5e-4, steps: 12 };
    const job = { startCheckpoint: start, resume: false, rewardModel: likesThanks, samplePromptIds: [] };
    await trainGrpo({ kind: 'grpo', runFolder: folderOf('healthy-grpo', prompts), ...job, config: grpoConfig.parse(online) }, context);
    expect([...signs]).toEqual([]);
  });

  test('DPO', async () => {
    const { context, signs } = listen();
    const rows = pairs(
      (object) => reply(object, 1),
      (object) => reply(object, 0),
    );
    const job = { startCheckpoint: start, resume: false, samplePromptIds: [], config: dpoConfig.parse({ batchSize: 8, epochs: 6 }) };
    await trainDpo({ kind: 'dpo', runFolder: folderOf('healthy-dpo', rows), ...job }, context);
    expect([...signs]).toEqual([]);
  });
});

test('length bias: the reward model was taught to love length', async () => {
  const signs = await ppoSigns('length', lovesLength, { klCoefficient: 0.01, penalizeMissingEos: false, steps: 24 });
  expect(signs.get('length_bias')).toMatch(/paying for length/);
});

test('reward hacking: nothing holds the policy near SFT', async () => {
  const signs = await ppoSigns('hacking', likesThanks, { klCoefficient: 0, steps: 24 });
  expect(signs.get('reward_hacking')).toMatch(/compare what it keeps with SFT, blind/);
});

test('entropy collapse: a learning rate of 1', async () => {
  const signs = await ppoSigns('rate-of-one', likesThanks, { learningRate: 1, steps: 6 });
  expect(signs.get('entropy_collapse')).toMatch(/lower the learning rate/);
});

describe('no signal', () => {
  /** A rule that every answer of this model satisfies. */
  const rewards = [{ kind: 'regex', pattern: 'zebra', must: 'not_match' }];

  test('PPO: a batch without a difference', async () => {
    const signs = await ppoSigns('no-signal-ppo', null, { rewards, penalizeMissingEos: false, steps: 4 });
    expect(signs.get('no_signal')).toMatch(/nothing to learn from/);
  });

  test('GRPO: groups without a difference', async () => {
    const { context, signs } = listen();
    const online = { steps: 4, groups: 4, groupSize: 4, minibatchSize: 16, maxNewTokens: 20, penalizeMissingEos: false, rewards };
    const job = { startCheckpoint: start, resume: false, rewardModel: null, samplePromptIds: [] };
    await trainGrpo({ kind: 'grpo', runFolder: folderOf('no-signal-grpo', prompts), ...job, config: grpoConfig.parse(online) }, context);
    expect([...signs.keys()]).toEqual(['no_signal']);
  });
});

test('likelihood displacement: DPO on pairs that differ by one character', async () => {
  const { context, signs } = listen();
  const rows = pairs(
    (object) => `Here is ${object}. Thank you.`,
    (object) => `Here is ${object}. Thank you!`,
  );
  const config = dpoConfig.parse({ batchSize: 8, epochs: 25, learningRate: 3e-3, klCoefficient: 0.05 });
  const job = { startCheckpoint: start, resume: false, samplePromptIds: [], config };
  await trainDpo({ kind: 'dpo', runFolder: folderOf('displaced', rows), ...job }, context);
  expect([...signs.keys()]).toEqual(['likelihood_displacement']);
});

test('NaN: an update too large ends the run, and what was saved before is whole and goes on', async () => {
  const settings = { steps: 4, checkpointEvery: 1 };
  const job = ppoJob('diverged', likesThanks, { ...settings, steps: 2 });
  await trainPpo(job, listen().context);
  const state = () => readFileSync(join(job.runFolder, 'state/latest'), 'utf8');
  const saved = state();
  const further = (learningRate: number): JobOf<'ppo'> => ({ ...job, resume: true, config: { ...job.config, steps: 4, learningRate } });
  await expect(trainPpo(further(1e30), listen().context)).rejects.toThrow(/no longer a finite number.*last good state is kept/);
  expect(state()).toBe(saved);
  const { metrics } = await trainPpo(further(1e-4), listen().context);
  expect(Number.isFinite(metrics['objective/reward'])).toBe(true);
});

describe('answers drawn at another temperature than is trained', () => {
  /** PPO by its own parts, from a policy that has moved from its reference, its answers drawn at `drawn`, measured at `measuredAt` and trained at 1. */
  async function run(drawn: number, measuredAt: number): Promise<Set<string>> {
    const job = ppoJob(`temperature-${drawn}-${measuredAt}`, likesThanks, { learningRate: 1e-3, klCoefficient: 0 });
    const { config } = job;
    const models = { ...loadModels(job), reference: loadCheckpoint(barelyTuned).decoder };
    const { policy, critic, tokenizer, judge } = models;
    const parameters = Parameters.merge(policy.parameters.prefixed('policy.'), critic.parameters.prefixed('critic.'));
    const trained = { parameters, optimizer: new AdamW(parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-5, weightDecay: 0 }) };
    const breathe = async () => {};
    const history: StepFacts[] = [];
    const signs = new Set<string>();
    for (let step = 0; step < 6; step++) {
      const questions = Array.from({ length: config.episodes }, (_, i) => {
        const ids = tokenizer.prompt(ask(objects[i % objects.length]!));
        return { id: `p${i}`, ids, generator: Random.from(step, i) };
      });
      const settings = { temperature: drawn, topK: 0, topP: 1, maxNewTokens: 20, stopIds: tokenizer.stopIds, onStep: breathe };
      const answers = (await generate(policy, questions, settings)).map(({ ids, terminated }, i) => ({
        ...{ promptId: questions[i]!.id, prompt: questions[i]!.ids, response: ids, terminated },
      }));
      const measured = await measure(models, critic, answers, measuredAt, breathe);
      const judgments = await judge.judge(answers, breathe);
      const episodes: Episode[] = answers.map((answer, i) => ({ ...answer, ...measured[i]!, ...judgments[i]! }));
      const targets = targetsOf(episodes, 0, config);
      const updates = [];
      for (const from of [0, 16]) {
        const chosen = Array.from({ length: 16 }, (_, i) => from + i);
        updates.push(await improve(models, trained, episodes, targets, chosen, config, { learningRate: 1e-3, step }, breathe));
      }
      const seconds = { rollout: 1, score: 1, train: 1 };
      const values = stepMetrics(episodes, targets.scores, targets.returns, { beta: 0, updates, seconds }, config, 1e-3);
      history.push({ step, values, firstRatioDeviation: updates[0]!.ratioDeviation });
      for (const { sign } of findSigns(history, signs)) signs.add(sign);
    }
    return signs;
  }

  test('hotter: the tokens are too surprising, and KL falls below zero', async () => {
    const signs = await run(2, 1);
    expect(signs).toContain('sampling_mismatch');
    expect(signs).toContain('negative_kl');
    expect(signs).not.toContain('path_mismatch');
  });

  test('colder: the tokens surprise too little', async () => {
    expect(await run(0.5, 1)).toContain('sampling_mismatch');
  });

  test('log-probabilities kept from another temperature: the first ratios are off', async () => {
    expect(await run(2, 2)).toContain('path_mismatch');
  });

  test('none of them at the temperature that is trained', async () => {
    const signs = await run(1, 1);
    for (const sign of ['sampling_mismatch', 'negative_kl', 'path_mismatch']) expect(signs).not.toContain(sign);
  });
});
