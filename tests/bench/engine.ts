/**
 * `node tests/bench/engine.ts [--backend wasm|cpu] [--threads N] [--steps N] [--profile]`: what the engine does a second on this machine: a training step of a GPT of
 * 4 layers × 128 (8 × 64 tokens), and decoding 64 rows with it. Not a test: nothing fails here.
 */
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '#engine/backends/kernels.ts';
import { type BackendName, openBackend } from '#engine/backends/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { valueAndGradients } from '#engine/nn/gradients.ts';
import { responseLogProbs } from '#engine/nn/log-prob.ts';
import { installKernels } from '#engine/nn/ops/kernels.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '20' },
    profile: { type: 'boolean', default: false },
  },
});
const backend = await openBackend({ name: values.backend as BackendName, threads: Number(values.threads) });
const steps = Number(values.steps);

const json = { model_type: 'gpt2', vocab_size: 1500, n_embd: 128, n_layer: 4, n_head: 4, n_positions: 192 };
const decoder = Decoder.random(decoderConfigFrom(json), 1);
const random = Random.from(2);
console.log(`${backend.words}; ${decoder.parameters.count.toLocaleString('en')} parameters`);

const kernelTimes = new Map<string, { ms: number; calls: number }>();
if (values.profile) profileKernels();

await training(8, 64);
await decoding(64, 24, 64);
for (const [name, { ms, calls }] of [...kernelTimes].sort((a, b) => b[1].ms - a[1].ms).slice(0, 20)) {
  console.log(`  ${name.padEnd(24)} ${ms.toFixed(1)} ms, ${calls} calls`);
}
decoder.dispose();
await backend.close();

async function training(batch: number, time: number): Promise<void> {
  const tokens = Int32Array.from({ length: batch * time }, () => random.integer(json.vocab_size));
  const ids = tf.tensor2d(tokens, [batch, time], 'int32');
  const mask = tf.ones([batch, time], 'int32') as tf.Tensor2D;
  const adamw = new AdamW(decoder.parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  const cpu = process.cpuUsage();
  const parts = { gradients: [] as number[], update: [] as number[] };
  for (let step = 0; step < steps; step++) {
    const start = performance.now();
    const { gradients } = valueAndGradients(() => {
      const hidden = decoder.hidden(ids, mask);
      return tf.neg(tf.mean(responseLogProbs(decoder, hidden, ids, 1, 1).logProbs));
    }, decoder.parameters);
    const between = performance.now();
    adamw.step(gradients, 1e-3, 1);
    gradients.dispose();
    parts.gradients.push(between - start);
    parts.update.push(performance.now() - between);
  }
  const step = median(parts.gradients) + median(parts.update);
  const perSecond = Math.round((1000 * batch * time) / step);
  console.log(
    `training step ${batch} × ${time}: ${step.toFixed(1)} ms (gradients ${median(parts.gradients).toFixed(1)}, update ${median(parts.update).toFixed(1)}), ${(busy(cpu) / steps).toFixed(1)} ms of CPU; ${perSecond} tokens/s`,
  );
  adamw.dispose();
  tf.dispose([ids, mask]);
}

async function decoding(rows: number, promptLength: number, newTokens: number): Promise<void> {
  const requests = Array.from({ length: rows }, (_, row) => ({
    ids: Array.from({ length: promptLength }, () => random.integer(json.vocab_size)),
    generator: Random.from(3, row),
  }));
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < 4; round++) {
    const start = performance.now();
    await generate(decoder, requests, { maxNewTokens: newTokens, stopIds: [], temperature: 1, topK: 0, topP: 1 });
    times.push(performance.now() - start);
  }
  const ms = median(times);
  const perStep = (total: number) => (total / newTokens).toFixed(2);
  console.log(
    `decoding ${rows} rows: ${Math.round((1000 * rows * newTokens) / ms)} tokens/s (${perStep(ms)} ms a step, ${perStep(busy(cpu) / times.length)} ms of CPU)`,
  );
}

/** Milliseconds of CPU since `since`, all threads. */
function busy(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function median(numbers: number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

/** Counts the time in our kernels and in the stock ops between them. */
function profileKernels(): void {
  const timed =
    <Inputs extends unknown[], Result>(name: string, call: (...inputs: Inputs) => Result) =>
    (...inputs: Inputs): Result => {
      const start = performance.now();
      const result = call(...inputs);
      const known = kernelTimes.get(name) ?? { ms: 0, calls: 0 };
      kernelTimes.set(name, { ms: known.ms + performance.now() - start, calls: known.calls + 1 });
      return result;
    };
  for (const kernel of tf.getKernelsForBackend(backend.name)) {
    tf.unregisterKernel(kernel.kernelName, backend.name);
    tf.registerKernel({ ...kernel, kernelFunc: timed(`tf ${kernel.kernelName}`, kernel.kernelFunc) });
  }
  const own = Object.entries(backend.kernels ?? {}).map(([name, kernel]) => [
    name,
    timed(name, kernel as (...inputs: unknown[]) => unknown),
  ]);
  installKernels(Object.fromEntries(own) as Partial<Kernels>);
}
