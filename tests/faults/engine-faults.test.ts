import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBackend } from '#engine/backends/open.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { loadCheckpoint, saveCheckpoint } from '#engine/weights/checkpoint.ts';
import type { EngineEvent, Job } from '#shared/jobs.ts';
import { type EngineRun, pairRows, runFolder, sftRows, small, startEngine, tinyModel } from '../support/engine-run.ts';
import { smallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary.ts';

function sft(folder: string, settings: Partial<typeof small.sft> = {}, resume = false): Job {
  return { kind: 'sft', runFolder: folder, startCheckpoint: tinyModel, resume, config: { ...small.sft, ...settings } };
}

async function failureOf(run: EngineRun): Promise<Extract<EngineEvent, { event: 'failed' }>> {
  const failed = await run.until(({ event }) => event === 'failed');
  expect((await run.ended).code).toBe(1);
  if (failed.event !== 'failed') throw new Error('not a failure');
  // a person reads it: a sentence, no stack, no class name
  expect(failed.sentence).toMatch(/^[A-Z].*\.$/s);
  expect(failed.sentence).not.toMatch(/Error:| at .*:\d+:\d+/);
  return failed;
}

test('a first line that is no job', async () => {
  expect((await failureOf(startEngine('{"kind":"dance"}'))).code).toBe('bad_input');
  expect((await failureOf(startEngine('not JSON'))).sentence).toContain('does not know');
});

test('no data, an empty file, a torn line, a row that lacks a key', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'sft');
  const train = join(folder, 'data/train.jsonl');
  writeFileSync(train, '');
  expect((await failureOf(startEngine(sft(folder)))).sentence).toContain('no pair of prompt and response');
  writeFileSync(train, `${JSON.stringify(sftRows[0])}\n${JSON.stringify(sftRows[1]).slice(0, 40)}`);
  expect((await failureOf(startEngine(sft(folder)))).sentence).toContain('Line 2');
  writeFileSync(train, '{"id":"a","prompt":[]}\n');
  expect((await failureOf(startEngine(sft(folder)))).sentence).toContain('Line 1');
  rmSync(train);
  expect((await failureOf(startEngine(sft(folder)))).code).toBe('not_found');
});

test('zero pairs, and pairs all longer than the context', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'reward');
  const reward: Job = { kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config: small.reward };
  writeFileSync(join(folder, 'data/train.jsonl'), '');
  expect((await failureOf(startEngine(reward))).sentence).toContain('no judged pair');
  writeFileSync(join(folder, 'data/train.jsonl'), `${JSON.stringify({ ...pairRows[0], chosen: 'word '.repeat(400) })}\n`);
  expect((await failureOf(startEngine(reward))).sentence).toMatch(/longer than the \d+ tokens/);
});

test('a pair too long among others is dropped and counted; a long prompt loses its left', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'reward');
  const rows = [
    { ...pairRows[0], chosen: 'word '.repeat(400) },
    { ...pairRows[1], prompt: [{ role: 'user', content: 'long '.repeat(400) }] },
    pairRows[2],
  ];
  writeFileSync(join(folder, 'data/train.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const run = startEngine({ kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config: small.reward });
  expect(await run.until(({ event }) => event === 'done')).toMatchObject({ reward: { pairs: 2, droppedTooLong: 1 } });
});

test('one prompt is enough for PPO, and a reward model is asked for by name', async () => {
  const parent = temporaryFolder();
  const folder = runFolder(parent, 'run', 'ppo');
  const ppo: Job = {
    kind: 'ppo',
    runFolder: folder,
    startCheckpoint: tinyModel,
    resume: false,
    config: { ...small.ppo, steps: 1 },
    rewardModel: tinyModel,
    samplePromptIds: [],
  };
  expect((await failureOf(startEngine(ppo))).sentence).toContain('is no reward model');
  const reward = runFolder(parent, 'reward', 'reward');
  await startEngine({ kind: 'reward', runFolder: reward, startCheckpoint: tinyModel, resume: false, config: small.reward }).ended;
  const one = readFileSync(join(folder, 'data/train.jsonl'), 'utf8').split('\n')[0];
  writeFileSync(join(folder, 'data/train.jsonl'), `${one}\n`);
  const run = startEngine({ ...ppo, rewardModel: join(reward, 'checkpoint') });
  expect(await run.until(({ event }) => event === 'done')).toMatchObject({ event: 'done' });
  writeFileSync(join(folder, 'data/train.jsonl'), '');
  expect((await failureOf(startEngine({ ...ppo, rewardModel: join(reward, 'checkpoint') }))).sentence).toContain('no prompt');
});

test('a loss that is no number ends the run with a sentence, and the last good state is kept', async () => {
  const parent = temporaryFolder();
  const folder = runFolder(parent, 'run', 'sft');
  const wild = startEngine(sft(folder, { learningRate: 1e30, schedule: 'constant', warmupFraction: 0, epochs: 30, checkpointEvery: 1 }));
  const failed = await failureOf(wild);
  expect(failed.sentence).toMatch(/no longer a finite number.*Lower the learning rate/);
  const kept = readFileSync(join(folder, 'state/latest'), 'utf8').trim();
  const last = wild.events.filter(({ event }) => event === 'state').at(-1);
  expect(last).toMatchObject({ step: Number(/\d+/.exec(kept)![0]) });
  expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
});

test('weights that hold NaN are not trained on', async () => {
  const parent = temporaryFolder();
  const backend = await openBackend({ name: 'cpu' });
  const checkpoint = loadCheckpoint(tinyModel);
  const arrays = checkpoint.decoder.parameters.toArrays();
  arrays.values().next().value![40] = Number.NaN;
  const broken = Decoder.from(checkpoint.decoder.config, arrays);
  saveCheckpoint(join(parent, 'broken'), { ...checkpoint, decoder: broken });
  broken.dispose();
  checkpoint.decoder.dispose();
  await backend.close();
  const folder = runFolder(parent, 'run', 'sft');
  const job = { ...sft(folder), startCheckpoint: join(parent, 'broken') } as Job;
  expect((await failureOf(startEngine(job))).sentence).toContain('finite number');
});

test('when the backend is gone the engine saves and leaves', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'sft');
  const run = startEngine(sft(folder, { epochs: 500, checkpointEvery: 10_000 }));
  await run.until((heard) => heard.event === 'progress' && heard.step >= 3);
  run.child.stdin!.end();
  expect((await run.ended).code).toBe(0);
  const stopped = run.events.at(-1);
  expect(stopped).toMatchObject({ event: 'stopped' });
  expect(readdirSync(join(folder, 'state')).length).toBe(2);
});

test('SIGTERM is a stop', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'sft');
  const run = startEngine(sft(folder, { epochs: 500 }));
  await run.until((heard) => heard.event === 'progress');
  run.child.kill('SIGTERM');
  expect((await run.ended).code).toBe(0);
  expect(run.events.at(-1)).toMatchObject({ event: 'stopped' });
});

test('a saved state that was damaged is refused, not guessed at', async () => {
  const folder = runFolder(temporaryFolder(), 'run', 'sft');
  const first = startEngine(sft(folder));
  await first.until(({ event }) => event === 'done');
  const name = readFileSync(join(folder, 'state/latest'), 'utf8').trim();
  writeFileSync(join(folder, 'state', name, 'optimizer.safetensors'), 'torn');
  const failed = await failureOf(startEngine(sft(folder, {}, true)));
  expect(failed).toMatchObject({ code: 'damaged', sentence: expect.stringContaining('Start a new run') });
});

test('a full disk fails the run with a sentence and leaves nothing half-written', async (context) => {
  const disk = smallDisk(context, 1_200_000);
  const folder = runFolder(disk, 'run', 'sft');
  const failed = await failureOf(startEngine(sft(folder, { checkpointEvery: 1 })));
  expect(failed).toMatchObject({ code: 'no_space', sentence: expect.stringContaining('no space left') });
  const left = existsSync(join(folder, 'state')) ? readdirSync(join(folder, 'state')) : [];
  expect(left.filter((name) => name.includes('writing'))).toEqual([]);
  // what is called the latest state is whole
  if (left.includes('latest')) {
    const name = readFileSync(join(folder, 'state/latest'), 'utf8').trim();
    expect(readdirSync(join(folder, 'state', name)).sort()).toEqual(['optimizer.safetensors', 'state.json', 'weights.safetensors']);
  }
});
