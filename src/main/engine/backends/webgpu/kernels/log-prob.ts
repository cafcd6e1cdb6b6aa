import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { largestOver, program, totalOver } from '../program.ts';
import { multiply, type Operand } from './gemm.ts';

/** Floats of logits that exist at a time: 64 MB. */
const CHUNK_FLOATS = 2 ** 24;
const LANES = 256;

/** m and log Σ e^(z − m) of a row's logits z, divided by the temperature. */
const rowSums = `
  let at = group * u.vocabulary;
  var highest = -1e30;
  for (var i = lane; i < u.vocabulary; i += ${LANES}u) { highest = max(highest, logits[at + i] * u.inverse); }
  highest = largest(highest, lane);
  var sum = 0.0;
  for (var i = lane; i < u.vocabulary; i += ${LANES}u) { sum += exp(logits[at + i] * u.inverse - highest); }
  sum = total(sum, lane);`;

const rows = program({
  name: 'log-probability of rows',
  reads: ['logits', 'targets: i32'],
  writes: ['logProbs', 'entropy'],
  integers: ['vocabulary', 'first'],
  floats: ['inverse', 'none'],
  lanes: LANES,
  declarations: totalOver(LANES) + largestOver(LANES),
  body: `${rowSums}
  var mean = 0.0;
  for (var i = lane; i < u.vocabulary; i += ${LANES}u) {
    let z = logits[at + i] * u.inverse - highest;
    mean = fma(exp(z), z, mean);
  }
  mean = total(mean, lane) / sum;
  if (lane == 0u) {
    let id = targets[u.first + group];
    var value = u.none;
    if (id >= 0 && id < i32(u.vocabulary)) { value = logits[at + u32(id)] * u.inverse - highest - log(sum); }
    logProbs[u.first + group] = value;
    entropy[u.first + group] = log(sum) - mean;
  }`,
});

/** logits become Σ dy·log p's slopes by them: (onehot(target) − p)·dy/temperature. */
const slopes = program({
  name: 'log-probability gradient of rows',
  reads: ['targets: i32', 'dy'],
  writes: ['logits'],
  integers: ['vocabulary', 'first'],
  floats: ['inverse'],
  lanes: LANES,
  declarations: totalOver(LANES) + largestOver(LANES),
  body: `${rowSums}
  let weight = dy[u.first + group] * u.inverse;
  let hit = u32(targets[u.first + group]);
  for (var i = lane; i < u.vocabulary; i += ${LANES}u) {
    let p = exp(logits[at + i] * u.inverse - highest) / sum;
    logits[at + i] = (select(0.0, 1.0, i == hit) - p) * weight;
  }`,
});

/** logProb and its gradient over chunks of rows: [R, V] never exists whole, and the gradient computes the logits again. Tests lower `chunkFloats`. */
export function logProbKernels(device: Device, chunkFloats = CHUNK_FLOATS): Pick<Kernels, 'logProb' | 'logProbGradient'> {
  const forChunks = (hidden: Tensor2D, head: Tensor2D, use: (logits: Tensor2D, first: number, count: number) => void): void => {
    const [length, width] = hidden.shape;
    const vocabulary = head.shape[0];
    const most = Math.max(1, Math.min(length, Math.floor(chunkFloats / vocabulary)));
    const logits = device.output<Tensor2D>([most, vocabulary]);
    for (let first = 0; first < length; first += most) {
      const count = Math.min(most, length - first);
      const part: Operand = { tensor: hidden, step: width, transposed: false, offset: first * width };
      multiply(device, part, { tensor: head, step: width, transposed: true }, { tensor: logits }, { m: count, n: vocabulary, k: width });
      use(logits, first, count);
    }
    logits.dispose();
  };
  return {
    logProb(hidden, head, targets, temperature) {
      const vocabulary = head.shape[0];
      const logProbs = device.output<Tensor1D>([hidden.shape[0]]);
      const entropy = device.output<Tensor1D>([hidden.shape[0]]);
      forChunks(hidden, head, (logits, first, count) => {
        const sizes = { vocabulary, first, inverse: 1 / temperature, none: Number.NaN };
        device.run(rows, [logits, targets, logProbs, entropy], sizes, count);
      });
      return { logProbs, entropy };
    },

    logProbGradient(hidden, head, targets, temperature, dy, wantsHead = true) {
      const [vocabulary, width] = head.shape;
      const dhidden = device.output<Tensor2D>(hidden.shape);
      const dhead = wantsHead ? device.output<Tensor2D>(head.shape) : null;
      forChunks(hidden, head, (logits, first, count) => {
        device.run(slopes, [targets, dy, logits], { vocabulary, first, inverse: 1 / temperature }, count);
        const offset = first * width;
        const stored = (transposed: boolean): Operand => ({ tensor: logits, step: vocabulary, transposed });
        const headRows: Operand = { tensor: head, step: width, transposed: false };
        multiply(device, stored(false), headRows, { tensor: dhidden, offset }, { m: count, n: width, k: vocabulary });
        if (!dhead) return;
        const part: Operand = { tensor: hidden, step: width, transposed: false, offset };
        const size = { m: vocabulary, n: width, k: count };
        multiply(device, stored(true), part, { tensor: dhead }, size, first > 0 ? { addTo: 'itself' } : {});
      });
      return { dhidden, dhead };
    },
  };
}
