import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createMachine } from '#backend/machine/index.ts';
import { workOf } from '#backend/machine/job-backend.ts';
import { readMachineSettings, writeMachineSettings } from '#backend/machine/settings.ts';
import type { BackendFinding } from '#shared/backends.ts';
import type { Job, JobOf } from '#shared/jobs.ts';
import { dpoConfig } from '#shared/training/dpo.ts';
import { sftConfig } from '#shared/training/sft.ts';

const scratch = mkdtempSync(join(tmpdir(), 'plumbline-machine-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(scratch, 'data-'));
  vi.stubEnv('PLUMBLINE_BACKEND', '');
});
afterAll(() => vi.unstubAllEnvs());

const tensorflow: BackendFinding = { name: 'tensorflow', available: true, gpu: false, words: 'TensorFlow', reason: null };

/** A checkpoint of so many float32 parameters; its file has a hole in place of them. */
function checkpoint(parameters: number): string {
  const folder = mkdtempSync(join(scratch, 'checkpoint-'));
  writeFileSync(join(folder, 'model.safetensors'), '');
  truncateSync(join(folder, 'model.safetensors'), parameters * 4);
  return folder;
}

function sft(parameters: number, resume = false, runFolder = mkdtempSync(join(scratch, 'run-'))): Job {
  return { kind: 'sft', runFolder, startCheckpoint: checkpoint(parameters), resume, config: sftConfig.parse({}) };
}

function dpo(parameters: number, resume = false): Job {
  const { runFolder, startCheckpoint } = sft(parameters) as JobOf<'sft'>;
  return { kind: 'dpo', runFolder, startCheckpoint, resume, config: dpoConfig.parse({}), samplePromptIds: [] };
}

const backendOf = (job: Job) => createMachine(data).environment(job).PLUMBLINE_BACKEND;

test('a job runs by its size and by what was found', () => {
  expect(backendOf(sft(1e7))).toBe('wasm'); // never examined
  writeMachineSettings(data, { backend: 'auto', found: [tensorflow] });
  expect(backendOf(sft(1e6))).toBe('wasm');
  expect(backendOf(sft(1e7))).toBe('tensorflow');
});

test('a choice holds from then on, in every start of the app', () => {
  createMachine(data).chooseBackend('webgpu');
  expect(backendOf(sft(1e6))).toBe('webgpu');
  createMachine(data).chooseBackend('auto');
  expect(backendOf(sft(1e6))).toBe('wasm');
});

test('PLUMBLINE_BACKEND stands above the choice', () => {
  createMachine(data).chooseBackend('webgpu');
  vi.stubEnv('PLUMBLINE_BACKEND', 'cpu');
  expect(createMachine(data).environment(sft(1e6))).toEqual({});
});

test('a run that goes on stays where it began', () => {
  const job = sft(1e6);
  expect(backendOf(job)).toBe('wasm');
  createMachine(data).chooseBackend('tensorflow');
  expect(backendOf({ ...job, resume: true } as Job)).toBe('wasm');
  expect(backendOf(sft(1e6))).toBe('tensorflow');
});

test('a run that writes answers trains on one backend and writes on another, also when it goes on', () => {
  writeMachineSettings(data, { backend: 'auto', found: [tensorflow] });
  const job = dpo(1e7);
  expect(backendOf(job)).toBe('tensorflow+wasm');
  createMachine(data).chooseBackend('wasm');
  expect(backendOf({ ...job, resume: true } as Job)).toBe('tensorflow+wasm');
  createMachine(data).chooseBackend('tensorflow+wasm');
  expect(backendOf(dpo(1e6))).toBe('tensorflow+wasm');
  expect(backendOf(sft(1e6))).toBe('tensorflow');
});

test('a run that began before there were writers goes on without one', () => {
  const job = dpo(1e7, true);
  if (job.kind !== 'dpo') throw new Error('a run');
  writeFileSync(join(job.runFolder, 'backend.json'), '{"backend":"tensorflow"}');
  expect(backendOf(job)).toBe('tensorflow');
});

test('a run of before, which did not note where it began, goes on by the choice', () => {
  const job = sft(1e6, true);
  expect(backendOf(job)).toBe('wasm');
  if (job.kind !== 'sft') throw new Error('a run');
  expect(JSON.parse(readFileSync(join(job.runFolder, 'backend.json'), 'utf8'))).toEqual({ backend: 'wasm', writer: null });
});

test('settings that cannot be read are as none', () => {
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, 'machine.json'), '{"backend": "abacus"');
  expect(readMachineSettings(data)).toEqual({ backend: 'auto', found: [] });
});

test('what a job does', () => {
  const two = [checkpoint(1000), checkpoint(3000)];
  const sampling = { temperature: 1, topK: 0, topP: 1, maxNewTokens: 4, seed: 0 };
  const answer: Job = {
    ...{ kind: 'answer', checkpoints: two, promptsFile: '', outFile: '', samplesPerPrompt: 1, sampling },
    ...{ rewardModel: null, reference: null },
  };
  expect(workOf(answer)).toEqual({ kind: 'decode', parameters: 3000 });
  expect(workOf(sft(2000))).toEqual({ kind: 'train', parameters: 2000, adapter: false });
  const adapter = checkpoint(10);
  writeFileSync(join(adapter, 'plumbline.json'), JSON.stringify({ format: 1, kind: 'policy', reward: null, base: { hash: 'a-hash' } }));
  expect(workOf({ ...answer, checkpoints: [adapter], bases: { 'a-hash': two[1]! } })).toEqual({ kind: 'decode', parameters: 3010 });
  expect(workOf({ kind: 'score', rewardModel: join(scratch, 'gone'), pairsFile: '' }).parameters).toBe(0);
});

test('examining opens each backend, remembers it, and decides', async () => {
  const folder = join(data, 'not', 'there', 'yet');
  const machine = createMachine(folder);
  const { backends, choice } = await machine.examine();
  expect(backends.map(({ name }) => name)).toEqual(['webgpu', 'tensorflow', 'wasm']);
  expect(backends.find(({ name }) => name === 'wasm')).toMatchObject({ available: true, gpu: false });
  expect(readMachineSettings(folder).found).toEqual(backends);
  expect(choice.decisions.length).toBeGreaterThan(2);
  for (const { because } of choice.decisions) expect(because).toMatch(/\.$/);
  expect(existsSync(join(folder, 'machine.json'))).toBe(true);
  await machine.close();
});

test('a machine whose data folder cannot be written is examined all the same', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  writeFileSync(join(data, 'a-file'), '');
  expect((await createMachine(join(data, 'a-file')).examine()).backends).toHaveLength(3);
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});
