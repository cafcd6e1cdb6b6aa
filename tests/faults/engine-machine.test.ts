import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installedTensorflow } from '#engine/backends/tensorflow/folder.ts';
import { failureOf } from '#engine/process/failure.ts';
import type { Job } from '#shared/jobs.ts';
import { environmentOfProcess, missing as noGpu } from '../engine/backends/webgpu/support.ts';
import { type EngineRun, runFolder, sftRows, small, startEngine, tinyModel, weightsOf } from '../support/engine-run.ts';
import type { MachineFault } from '../support/machine-faults.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Name = 'cpu' | 'wasm' | 'webgpu' | 'tensorflow';

/** Why a backend cannot be tested here, or null. */
const missing: Record<Name, string | null> = {
  cpu: null,
  wasm: null,
  webgpu: noGpu,
  tensorflow: installedTensorflow() === null ? 'npm run setup:libtensorflow brings it (230 MB)' : null,
};
for (const [name, reason] of Object.entries(missing)) if (reason) console.warn(`what goes wrong on ${name} is not tested: ${reason}.`);

function environment(name: Name): Record<string, string> {
  return { PLUMBLINE_BACKEND: name, PLUMBLINE_THREADS: '2', ...(name === 'webgpu' ? environmentOfProcess() : {}) };
}

function sft(folder: string, resume = false, settings: Partial<typeof small.sft> = {}): Job {
  const config = { ...small.sft, checkpointEvery: 1, ...settings };
  return { kind: 'sft', runFolder: folder, startCheckpoint: tinyModel, resume, config };
}

/** The sentence that ended a job. */
async function endOf(run: EngineRun): Promise<{ code: string; sentence: string }> {
  const failed = await run.until(({ event }) => event === 'failed' || event === 'done');
  if (failed.event !== 'failed') throw new Error('nothing failed');
  expect((await run.ended).code).toBe(1);
  expect(failed.sentence).toMatch(/^[A-Z].*\.$/s);
  expect(failed.sentence).not.toMatch(/defect|Error:| at .*:\d+:\d+/);
  return failed;
}

/** The state that the engine last said it had saved is the latest on disk, whole, and no checkpoint was made of anything worse. */
function expectKept(run: EngineRun, folder: string): void {
  const last = run.events.filter(({ event }) => event === 'state').at(-1);
  expect(last).toBeDefined();
  const name = readFileSync(join(folder, 'state/latest'), 'utf8').trim();
  expect(last).toMatchObject({ step: Number(/\d+/.exec(name)![0]) });
  expect(readdirSync(join(folder, 'state', name)).sort()).toEqual(['optimizer.safetensors', 'state.json', 'weights.safetensors']);
  expect(existsSync(join(folder, 'checkpoint'))).toBe(false);
}

const faults: [Name, MachineFault, string, RegExp][] = [
  ['cpu', 'NaN in a weight', 'engine', /no longer a finite number.*last good state is kept/],
  ['wasm', 'NaN in a weight', 'engine', /no longer a finite number.*last good state is kept/],
  ['tensorflow', 'NaN in a weight', 'engine', /no longer a finite number.*last good state is kept/],
  ['webgpu', 'NaN in a weight', 'engine', /no longer a finite number.*last good state is kept/],
  ['wasm', 'a thread is killed', 'engine', /lost one of its threads.*Resume/],
  ['wasm', 'the heap is full', 'no_space', /no room for .* WebAssembly ends at 4096 MB/],
  ['webgpu', 'the GPU is full', 'no_space', /GPU ran out of memory.*last good state is kept/],
  ['webgpu', 'the GPU is lost', 'engine', /The GPU is gone.*last good state of this run is kept/],
];

/** Two updates each: enough that a fault falls among them, and no more than that. */
const epochs = (name: Name) => ({ epochs: { cpu: 4, wasm: 20, tensorflow: 15, webgpu: 2 }[name] });

/** Weights of a run that nothing happens to, by backend. */
const uninterrupted = new Map<Name, Promise<string>>();
function weightsAlone(name: Name): Promise<string> {
  const known = uninterrupted.get(name) ?? train(runFolder(temporaryFolder(), 'alone', 'sft'), name, false);
  uninterrupted.set(name, known);
  return known;
}

async function train(folder: string, name: Name, resume: boolean, settings = epochs(name)): Promise<string> {
  const run = startEngine(sft(folder, resume, settings), environment(name));
  await run.until(({ event }) => event === 'done');
  return weightsOf(folder);
}

describe.each(faults)('%s: %s', (name, fault, code, sentence) => {
  test.skipIf(missing[name])('ends the job with a sentence; what was saved is whole, and goes on to where it would have come', async () => {
    const folder = runFolder(temporaryFolder(), 'run', 'sft');
    const run = startEngine(sft(folder, false, epochs(name)), environment(name), fault);
    const failed = await endOf(run);
    expect(failed.code).toBe(code);
    expect(failed.sentence).toMatch(sentence);
    expectKept(run, folder);
    // SwiftShader takes its time, and a state is the same on every backend: there it goes on where that is fast.
    if (name === 'webgpu') await train(folder, 'cpu', true, epochs(name));
    else expect(await train(folder, name, true)).toBe(await weightsAlone(name));
  });
});

test.skipIf(missing.tensorflow)(
  'tensorflow: a step that there is no memory for ends the job with a sentence, and what was saved stays',
  async () => {
    const folder = runFolder(temporaryFolder(), 'run', 'sft');
    const rows = Array.from({ length: 600 }, (_, i) => ({ ...sftRows[i % sftRows.length]!, id: `s${i}` }));
    writeFileSync(join(folder, 'data/train.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const large = { batchSize: 600, tokensAtOnce: 100_000, epochs: 500 }; // a step of some 0.2 GB
    const first = startEngine(sft(folder, false, large), environment('tensorflow'));
    await first.until(({ event }) => event === 'state');
    first.send('{"command":"stop"}');
    await first.ended;
    const limit = { TF_MKL_ALLOC_MAX_BYTES: String(2 ** 26) }; // TensorFlow's own limit, as a machine of so little memory
    const run = startEngine(sft(folder, true, large), { ...environment('tensorflow'), ...limit });
    const failed = await endOf(run);
    expect(failed.code).toBe('no_space');
    expect(failed.sentence).toMatch(/memory is used up.*last good state is kept.*fewer tokens at once/);
    expectKept(first, folder);
  },
);

test('cpu: an array that the system has no memory for is told as that', () => {
  const gather = () => new Float32Array(2 ** 43);
  let error: unknown;
  try {
    gather();
  } catch (thrown) {
    error = thrown;
  }
  expect(failureOf(error)).toMatchObject({ code: 'no_space', sentence: expect.stringContaining('memory is used up') });
  expect(failureOf(new RangeError('id 7 is not among the 5 rows of the table'))).toMatchObject({
    code: 'engine',
    sentence: expect.stringContaining('defect'),
  });
});

test.skipIf(missing.webgpu)(
  'webgpu: an adapter without the needed limits ends a resumed job with both numbers, and its state stays',
  async () => {
    const folder = runFolder(temporaryFolder(), 'run', 'sft');
    const before = startEngine(sft(folder), environment('cpu'));
    await before.until(({ event }) => event === 'done');
    const state = readFileSync(join(folder, 'state/latest'), 'utf8');
    const run = startEngine(sft(folder, true), environment('webgpu'), 'weak adapter');
    expect(await run.until(({ event }) => event === 'failed')).toMatchObject({
      code: 'engine',
      sentence:
        'SwiftShader cannot be used: its maxStorageBuffersPerShaderStage is 4, and 8 are needed. Update its driver, or train on the CPU.',
    });
    expect(readFileSync(join(folder, 'state/latest'), 'utf8')).toBe(state);
    expect(existsSync(join(folder, 'checkpoint/model.safetensors'))).toBe(true);
  },
);
