/**
 * `node tests/bench/engine/scaling.ts [THREADS …]`: how a training step of a 4-layer GPT scales with length T, width D, vocabulary V and threads, as the Markdown table of
 * docs/performance.md. The last column holds the step's products against the machine's best one, measured in the same process.
 */
import { openBackend } from '#engine/backends/open.ts';
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

async function timed(work: Work, runs: number): Promise<number> {
  await work.run();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work.run();
    times.push(performance.now() - start);
  }
  work.dispose();
  return median(times);
}

/** Multiply-adds of a step, twice: three passes through every matrix and the head, once more through the head, and attention's four and eight products. */
function gigaflop(parameters: number, { time, width, vocabulary }: typeof base): number {
  const tokens = rows * time;
  const head = vocabulary * width;
  const blocks = parameters - head - time * width;
  const attention = 4 * 7 * tokens * (time / 2) * width; // 4 layers; 2 products forward, 5 back, half of each masked
  return (2 * (tokens * (3 * blocks + 4 * head) + attention)) / 1e9;
}

console.log('| threads | T | D | V | parameters | ms a step | tokens/s | heap MB | GFLOPS | of the best product |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const threads of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1, 2]) {
  for (const one of cases) {
    const backend = await openBackend({ name: 'wasm', threads });
    const best = product(1024);
    const { amount } = best;
    const peak = (1000 * amount) / (await timed(best, 5));
    const { time, width, vocabulary } = one;
    const decoder = model({ model_type: 'gpt2', vocab_size: vocabulary, n_embd: width, n_layer: 4, n_head: width / 32, n_positions: time });
    const ms = await timed(trainingStep(decoder, { rows, time }), width > 256 || time > 256 || vocabulary > 8192 ? 5 : 15);
    const speed = (1000 * gigaflop(parameterCount(decoder.config), one)) / ms;
    const heap = Math.round((backend.heapBytes?.() ?? 0) / 2 ** 20);
    const cells = [threads, time, width, vocabulary, decoder.parameters.count, ms.toFixed(1), Math.round((1000 * rows * time) / ms), heap];
    console.log(`| ${[...cells, speed.toFixed(1), `${((100 * speed) / peak).toFixed(0)}% of ${peak.toFixed(0)}`].join(' | ')} |`);
    decoder.dispose();
    await backend.close();
  }
}
