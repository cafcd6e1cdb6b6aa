import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { createMachine } from '#backend/machine/index.ts';
import { workOf } from '#backend/machine/job-backend.ts';
import { readMachineSettings, writeMachineSettings } from '#backend/machine/settings.ts';
import { type BackendFinding, placeWords } from '#shared/backends.ts';
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

/** A machine on which nothing but WebAssembly starts, so that no test waits for others to fail. */
const plain = async (name: BackendFinding['name']): Promise<BackendFinding> => ({
  ...{ name, available: name === 'wasm', gpu: false, words: name },
  reason: name === 'wasm' ? null : 'not here',
});
const backendOf = async (job: Job) => (await createMachine(data, plain).environment(job)).PLUMBLINE_BACKEND;

test('a job runs by its size and by what was found', async () => {
  expect(await backendOf(sft(1e7))).toBe('wasm'); // never examined
  writeMachineSettings(data, { backend: 'auto', found: [tensorflow] });
  expect(await backendOf(sft(1e6))).toBe('wasm');
  expect(await backendOf(sft(1e7))).toBe('tensorflow');
});

test('a machine that was never examined is examined before its first job, and never again for one', async () => {
  const tries: string[] = [];
  const withGpu = async (name: BackendFinding['name']): Promise<BackendFinding> => {
    tries.push(name);
    return { ...(await plain(name)), ...(name === 'webgpu' && { available: true, gpu: true, reason: null }) };
  };
  const { environment } = createMachine(data, withGpu);
  const bring: Job = { kind: 'import', source: '', outFolder: '', checkpointKind: 'base', name: null };
  await environment(bring);
  expect(tries).toEqual([]); // it computes nothing
  expect(await environment(sft(1e6))).toEqual({ PLUMBLINE_BACKEND: 'webgpu' });
  expect(tries).toEqual(['webgpu', 'tensorflow', 'wasm']);
  expect(await environment(dpo(1e6))).toEqual({ PLUMBLINE_BACKEND: 'webgpu' });
  expect(await createMachine(data, withGpu).environment(sft(1e6))).toEqual({ PLUMBLINE_BACKEND: 'webgpu' });
  expect(tries).toHaveLength(3);
});

test('the doctor shows where everything runs under PLUMBLINE_BACKEND, and that nothing does when it names no backend', async () => {
  const choice = async (forced: string) => {
    vi.stubEnv('PLUMBLINE_BACKEND', forced);
    return (await createMachine(data, plain).examine()).choice;
  };
  const { decisions, problem } = await choice('tensorflow+cpu');
  expect(problem).toBeNull();
  expect(new Set(decisions.map(placeWords))).toEqual(new Set(['TensorFlow, answers on plain JavaScript']));
  expect(decisions[0]?.because).toMatch(/cannot start here/);
  expect((await choice('wasm')).decisions[0]).toMatchObject({ backend: 'wasm', because: 'PLUMBLINE_BACKEND is set to it.' });
  expect(await choice('bogus')).toMatchObject({
    forced: 'bogus',
    problem: expect.stringMatching(/^There is no backend "bogus"\. Set PLUMBLINE_BACKEND to wasm, /),
    decisions: [],
  });
});

test('a choice holds from then on, in every start of the app', async () => {
  createMachine(data).chooseBackend('webgpu');
  expect(await backendOf(sft(1e6))).toBe('webgpu');
  createMachine(data).chooseBackend('auto');
  expect(await backendOf(sft(1e6))).toBe('wasm');
});

test('PLUMBLINE_BACKEND stands above the choice', async () => {
  createMachine(data).chooseBackend('webgpu');
  vi.stubEnv('PLUMBLINE_BACKEND', 'cpu');
  expect(await createMachine(data).environment(sft(1e6))).toEqual({});
});

test('a run that goes on stays where it began', async () => {
  const job = sft(1e6);
  expect(await backendOf(job)).toBe('wasm');
  createMachine(data).chooseBackend('tensorflow');
  expect(await backendOf({ ...job, resume: true } as Job)).toBe('wasm');
  expect(await backendOf(sft(1e6))).toBe('tensorflow');
});

test('a run that writes answers trains on one backend and writes on another, also when it goes on', async () => {
  writeMachineSettings(data, { backend: 'auto', found: [tensorflow] });
  const job = dpo(1e7);
  expect(await backendOf(job)).toBe('tensorflow+wasm');
  createMachine(data).chooseBackend('wasm');
  expect(await backendOf({ ...job, resume: true } as Job)).toBe('tensorflow+wasm');
  createMachine(data).chooseBackend('tensorflow+wasm');
  expect(await backendOf(dpo(1e6))).toBe('tensorflow+wasm');
  expect(await backendOf(sft(1e6))).toBe('tensorflow');
});

test('a run that began before there were writers goes on without one', async () => {
  const job = dpo(1e7, true);
  if (job.kind !== 'dpo') throw new Error('a run');
  writeFileSync(join(job.runFolder, 'backend.json'), '{"backend":"tensorflow"}');
  expect(await backendOf(job)).toBe('tensorflow');
});

test('a run of before, which did not note where it began, goes on by the choice', async () => {
  const job = sft(1e6, true);
  expect(await backendOf(job)).toBe('wasm');
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
