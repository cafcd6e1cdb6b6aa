/**
 * `node tests/bench/engine/scaling.ts [THREADS …]`: how a training step of a 4-layer GPT scales with length T, width D, vocabulary V and threads, as the Markdown table of
 * docs/performance.md. The last column holds the step's products against the machine's best one, measured in the same process.
 */
import { openBackend } from '#engine/backends/open.ts';
import { KEPT_FLOATS } from '#engine/backends/wasm/kernels/log-prob.ts';
import { parameterCount } from '#shared/training/memory.ts';
import { median } from './measure.ts';
import { model, product, trainingStep, type Work } from './work.ts';

const base = { time: 64, width: 128, vocabulary: 1024 };
const cases = [
  ...[64, 128, 256, 512, 1024].map((time) => ({ ...base, time })),
  ...[256, 512, 768].map((width) => ({ ...base, width })),
  ...[8192, 50_257].map((vocabulary) => ({ ...base, vocabulary })),
];
const rows = 8;

/** Medians: milliseconds by the clock, and of CPU over all threads. */
async function timed(work: Work, runs: number): Promise<{ clock: number; cpu: number }> {
  await work.run();
  const clocks: number[] = [];
  const cpus: number[] = [];
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    const start = performance.now();
    await work.run();
    clocks.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpus.push((user + system) / 1000);
  }
  work.dispose();
  return { clock: median(clocks), cpu: median(cpus) };
}

/**
 * Multiply-adds of a step, twice: three passes through every matrix and the head, one more through a head whose logits are too many to be kept, and attention's two products
 * forward and five back.
 */
function gigaflop(parameters: number, { time, width, vocabulary }: typeof base): number {
  const tokens = rows * time;
  const head = vocabulary * width;
  const blocks = parameters - head - time * width;
  const headPasses = tokens * vocabulary <= KEPT_FLOATS ? 3 : 4;
  const attention = 4 * 7 * tokens * (time / 2) * width; // 4 layers; half of each product masked
  return (2 * (tokens * (3 * blocks + headPasses * head) + attention)) / 1e9;
}

console.log('| threads | T | D | V | parameters | ms a step | CPU ms | tokens/s | heap MB | GFLOPS | of the best product |');
console.log('|---|---|---|---|---|---|---|---|---|---|---|');
for (const threads of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2]) {
  for (const one of cases) {
    const backend = await openBackend({ name: 'wasm', threads });
    const best = product(1024);
    const { amount } = best;
    const peak = (1000 * amount) / (await timed(best, 5)).clock;
    const { time, width, vocabulary } = one;
    const decoder = model({ model_type: 'gpt2', vocab_size: vocabulary, n_embd: width, n_layer: 4, n_head: width / 32, n_positions: time });
    const runs = width > 256 || time > 256 || vocabulary > 8192 ? 5 : 15;
    const { clock, cpu } = await timed(trainingStep(decoder, { rows, time }), runs);
    const speed = (1000 * gigaflop(parameterCount(decoder.config), one)) / clock;
    const heap = Math.round((backend.heapBytes?.() ?? 0) / 2 ** 20);
    const tokens = Math.round((1000 * rows * time) / clock);
    const cells = [threads, time, width, vocabulary, decoder.parameters.count, clock.toFixed(1), cpu.toFixed(1), tokens, heap];
    console.log(`| ${[...cells, speed.toFixed(1), `${((100 * speed) / peak).toFixed(0)}% of ${peak.toFixed(0)}`].join(' | ')} |`);
    decoder.dispose();
    await backend.close();
  }
}
