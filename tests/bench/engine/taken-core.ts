// How much of its speed the thread pool keeps when another process takes one core: `node taken-core.ts [THREADS]` on a machine with nothing else to do (Linux: taskset).
// Prints medians in milliseconds alone and beside a busy loop on the last core, and the ratio; with one thread fewer beside it, for what a core less must cost.
import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { openBackend } from '#engine/backends/open.ts';
import { median } from './measure.ts';
import { batch, decoding as decoded, large, small } from './shapes.ts';
import { decoding, forwardPass, model, trainingStep, type Work } from './work.ts';

const threads = Number(process.argv[2] ?? availableParallelism());
const rounds = 3;

const works: { name: string; runs: number; prepare(): Work }[] = [
  { name: 'training step, GPT 4 × 128', runs: 30, prepare: () => trainingStep(model(small), batch) },
  { name: '8 rows × 64 tokens, GPT 4 × 128', runs: 30, prepare: () => decoding(model(small), decoded) },
  { name: 'forward, 135M', runs: 2, prepare: () => forwardPass(model(large), batch) },
];

/** Milliseconds of each run. */
async function time(work: Work, runs: number): Promise<number[]> {
  const all: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work.run();
    all.push(performance.now() - start);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return all;
}

async function busy(): Promise<ChildProcess> {
  const core = String(availableParallelism() - 1);
  const child = spawn('taskset', ['-c', core, process.execPath, '-e', 'process.stdout.write("on"); for (;;);']);
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout!.once('data', resolve);
  });
  return child;
}

async function measure(threads: number, { runs, prepare }: (typeof works)[number]): Promise<{ alone: number; beside: number }> {
  const backend = await openBackend({ name: 'wasm', threads });
  const work = prepare();
  await time(work, 2);
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(...(await time(work, runs)));
    const other = await busy();
    beside.push(...(await time(work, runs)));
    other.kill('SIGKILL');
    await new Promise((resolve) => other.once('exit', resolve));
  }
  work.dispose();
  await backend.close();
  return { alone: median(alone), beside: median(beside) };
}

for (const work of works) {
  const all = await measure(threads, work);
  const fewer = threads > 1 ? await measure(threads - 1, work) : all;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    `${work.name}: ${threads} threads alone ${ms(all.alone)}, beside a busy core ${ms(all.beside)}: ${(all.beside / all.alone).toFixed(2)} times as long. ` +
      `${threads - 1} threads alone ${ms(fewer.alone)}.`,
  );
}
