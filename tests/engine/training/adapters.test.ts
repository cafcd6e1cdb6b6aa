/** Adapters in every run: only their parameters change, the base they share is in memory once and keeps its bits, and what is saved works wherever a checkpoint does. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import type { Decoder } from '#engine/nn/decoder.ts';
import type { Parameters } from '#engine/nn/parameters.ts';
import { answerPrompts } from '#engine/process/answer.ts';
import { runJob } from '#engine/process/run-job.ts';
import type { JobContext } from '#engine/training/context.ts';
import { decoderToTrain } from '#engine/training/decoder-to-train.ts';
import { loadModels } from '#engine/training/policy-models.ts';
import { type Checkpoint, CheckpointLoader, loadCheckpoint, saveCheckpoint } from '#engine/weights/checkpoint.ts';
import { answerRow, type EngineEvent, type JobOf } from '#shared/jobs.ts';
import { promptRows, runFolder, small, tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-adapters-'));
const hash = 'ba5e'.repeat(16);
const bases = { [hash]: tinyModel };
const adapter = { rank: 4, alpha: 8, targets: ['all-linear'] };
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

type Training = 'sft' | 'reward' | 'ppo' | 'dpo' | 'grpo';
type Change = { startCheckpoint?: string; config?: Record<string, unknown> };

function jobOf(kind: Training, folder: string, change: Change = {}): JobOf<Training> {
  const common = { runFolder: folder, startCheckpoint: change.startCheckpoint ?? tinyModel, resume: false, bases };
  const config = { ...small[kind], adapter, learningRate: 1e-2, ...change.config };
  const online = { rewardModel: join(parent, 'reward/checkpoint'), samplePromptIds: ['p0', 'p1'] };
  const more = kind === 'dpo' ? { samplePromptIds: ['p0'] } : kind === 'ppo' || kind === 'grpo' ? online : {};
  return { kind, ...common, config, ...more } as JobOf<Training>;
}

function listen(): { context: JobContext; events: EngineEvent[]; tensors: number[] } {
  const events: EngineEvent[] = [];
  const tensors: number[] = [];
  const emit = (heard: EngineEvent) => {
    events.push(heard);
    if (heard.event === 'progress') tensors.push(tf.memory().numTensors);
  };
  return { context: { emit, breathe: async () => {}, backend: backend.words }, events, tensors };
}

/** What differs between two sets of parameters, by name. */
function changed(before: ReadonlyMap<string, Float32Array>, after: Parameters): string[] {
  const now = after.toArrays();
  return [...before].flatMap(([name, array]) => (Buffer.from(array.buffer).equals(Buffer.from(now.get(name)!.buffer)) ? [] : [name]));
}

/** Trains, and hands over the checkpoints that the trainer loaded. */
async function train(kind: Training, name: string, change: Change = {}) {
  const load = vi.spyOn(CheckpointLoader.prototype, 'load');
  const folder = runFolder(parent, name, kind);
  const heard = listen();
  try {
    await runJob(jobOf(kind, folder, change), heard.context);
    return { ...heard, folder: join(folder, 'checkpoint'), loaded: load.mock.results.map(({ value }) => value as Checkpoint) };
  } finally {
    load.mockRestore();
  }
}

const logitsOf = (decoder: Decoder) =>
  tf.tidy(() => {
    const ids = tf.tensor2d([3, 9, 27, 81, 12, 6], [1, 6], 'int32');
    return Float32Array.from(decoder.logits(tf.reshape(decoder.hidden(ids, tf.onesLike(ids)), [6, -1])).dataSync());
  });

// The reward model comes first: it is the judge of PPO and GRPO.
describe.each([
  ['reward', {}],
  ['sft', {}],
  ['dpo', {}],
  ['grpo', {}],
  ['ppo', { config: { critic: 'separate' } }],
  ['ppo', { config: { critic: 'head' } }],
] as const)('%s %j', (kind, change) => {
  test('changes the adapter alone, keeps the bits of its base, and leaves no tensor behind', async () => {
    const name = kind === 'reward' ? kind : `${kind}-${JSON.stringify(change).length}`;
    const plain = loadCheckpoint(tinyModel);
    const { folder, loaded, tensors, events } = await train(kind, name, change);
    for (const { decoder } of loaded) {
      if (decoder.parameters.entries()[0]![1].isDisposed) continue; // read for a moment only
      expect(changed(plain.decoder.parameters.toArrays(), decoder.parameters)).toEqual([]);
    }
    // LoRA off is SFT, bit by bit
    expect(logitsOf(loaded[0]!.decoder)).toEqual(logitsOf(plain.decoder));
    expect(new Set(tensors).size).toBe(1);

    expect(existsSync(join(folder, 'model.safetensors'))).toBe(false);
    const saved = loadCheckpoint(folder, bases);
    expect(saved.manifest).toMatchObject({ kind: kind === 'reward' || kind === 'sft' ? kind : 'policy', base: { hash } });
    const peft = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'));
    expect(peft).toMatchObject({
      r: 4,
      lora_alpha: 8,
      target_modules: 'all-linear',
      task_type: kind === 'reward' ? 'SEQ_CLS' : 'CAUSAL_LM',
    });
    const fresh = decoderToTrain(plain.decoder, { adapter, recompute: false, seed: 0 }, true);
    expect(changed(fresh.trainable.toArrays(), saved.decoder.trainable).length).toBe(fresh.trainable.manifest.length);
    expect(saved.scoreHead === null).toBe(kind !== 'reward');
    const started = events.find((heard) => heard.event === 'started');
    if (kind !== 'reward' && kind !== 'ppo') expect(started).toMatchObject({ parameters: fresh.trainable.count });
  });
});

test('policy, reference, reward model and critic hold one copy of the weights', () => {
  const plain = loadCheckpoint(tinyModel);
  const whole = 4 * plain.decoder.parameters.count;
  plain.decoder.dispose();
  const before = tf.memory().numBytes;
  const { policy, reference, rewardModel, critic } = loadModels(jobOf('ppo', runFolder(parent, 'ppo-memory', 'ppo')) as JobOf<'ppo'>);
  const head = 4 * (policy.config.width + 1);
  const pairs = 4 * policy.trainable.count;
  expect(pairs).toBeLessThan(whole / 2);
  expect(critic.parameters.count).toBe(policy.trainable.count + policy.config.width + 1);
  expect(tf.memory().numBytes - before).toBe(whole + 3 * pairs + 2 * head); // policy's, reward model's and critic's adapters; the last two have heads
  for (const other of [reference, rewardModel!.decoder]) expect(other.parameters).toBe(policy.parameters);
  for (const part of [policy, critic, rewardModel!, reference]) part.dispose();
  expect(tf.memory().numBytes).toBe(before);
});

test('training goes on from an adapter with that adapter; its reference is the adapter as it was; without one all weights are trained', async () => {
  const start = join(parent, 'sft-2/checkpoint');
  const { folder, loaded } = await train('grpo', 'grpo-on', { startCheckpoint: start, config: { adapter: { ...adapter, rank: 2 } } });
  const [sft, policy] = [loadCheckpoint(start, bases), loadCheckpoint(folder, bases)];
  expect(policy.manifest.base).toEqual({ hash });
  expect(policy.decoder.adapter!.config.rank).toBe(4);
  expect(changed(sft.decoder.trainable.toArrays(), policy.decoder.trainable).length).toBeGreaterThan(0);
  expect(changed(sft.decoder.trainable.toArrays(), loaded[0]!.decoder.trainable)).toEqual([]);

  const whole = await train('sft', 'sft-whole', { startCheckpoint: start, config: { adapter: null } });
  expect(loadCheckpoint(whole.folder).manifest).toEqual({ format: 1, kind: 'sft', reward: null });
  expect(existsSync(join(whole.folder, 'adapter_config.json'))).toBe(false);
  // it began as the adapter's merged model
  const merged = sft.decoder.merged();
  const first = decoderToTrain(sft.decoder, { adapter: null, recompute: false, seed: 0 }, false);
  expect(logitsOf(first)).toEqual(logitsOf(merged));
});

test('an adapter answers, is measured and is scored as its merged model', async () => {
  const folder = join(parent, 'grpo-on/checkpoint');
  const { decoder, ...rest } = loadCheckpoint(folder, bases);
  const merged = join(parent, 'merged');
  saveCheckpoint(merged, { ...rest, decoder: decoder.merged(), manifest: { format: 1, kind: 'policy', reward: null } });
  const promptsFile = join(parent, 'prompts.jsonl');
  writeFileSync(promptsFile, promptRows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const outFile = join(parent, 'answers.jsonl');
  const { context } = listen();
  const before = tf.memory().numTensors;
  await answerPrompts(
    {
      kind: 'answer',
      checkpoints: [folder, merged, tinyModel],
      promptsFile,
      outFile,
      samplesPerPrompt: 1,
      sampling: { temperature: 0, topK: 0, topP: 1, maxNewTokens: 12, seed: 1 },
      rewardModel: join(parent, 'reward/checkpoint'),
      reference: tinyModel,
      bases,
    },
    context,
  );
  const rows = readFileSync(outFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => answerRow.parse(JSON.parse(line)));
  const of = (index: number) => rows.filter(({ checkpoint }) => checkpoint === index);
  expect(of(0).map(({ ids }) => ids)).toEqual(of(1).map(({ ids }) => ids));
  expect(of(0).map(({ ids }) => ids)).not.toEqual(of(2).map(({ ids }) => ids));
  of(0).forEach(({ reward, kl }, i) => {
    expect(reward).toBeCloseTo(of(1)[i]!.reward!, 3);
    expect(kl!.k1).toBeCloseTo(of(1)[i]!.kl!.k1, 3);
  });
  for (const { kl } of of(2)) expect(kl).toEqual({ k1: 0, k3: 0 });
  // what remains is the reward model's adapter and head, and the base that reference and reward model share
  const { decoder: judge } = loadCheckpoint(join(parent, 'reward/checkpoint'), bases);
  expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2 * (judge.parameters.manifest.length + judge.trainable.manifest.length + 4));
});

test('an adapter whose base is not at hand, or that would have none, is refused', () => {
  const folder = join(parent, 'grpo-on/checkpoint');
  expect(() => loadCheckpoint(folder)).toThrow(/is an adapter, and the model that it corrects \(checkpoint ba5eba5eba5e…\) is not at hand/);
  const { decoder, tokenizer, manifest } = loadCheckpoint(folder, bases);
  expect(() => saveCheckpoint(join(parent, 'stray'), { decoder, tokenizer, manifest, scoreHead: null })).toThrow(/which checkpoint/);
  expect(existsSync(join(parent, 'stray'))).toBe(false);
});
