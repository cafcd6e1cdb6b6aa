import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import { type Device, multiply, type Operand } from '../device.ts';

/** Floats of logits that exist at a time: 4 MB, so that they stay in a cache between the product and the softmax. */
const CHUNK_FLOATS = 2 ** 20;
/** Multiply-adds that one logit's exponential is worth. */
const WORK = 8;

/** logProb and its gradient, over chunks of rows: [R, V] never exists whole. The gradient computes the logits again. */
export function logProbKernels(device: Device): Pick<Kernels, 'logProb' | 'logProbGradient'> {
  /** Calls `use` with each chunk's logits in temporary memory, its first row and its number of rows. */
  const forChunks = (hidden: Tensor2D, head: Tensor2D, use: (logits: number, first: number, rows: number) => void): void => {
    const [rows, width] = hidden.shape;
    const vocabulary = head.shape[0];
    const most = Math.max(1, Math.min(rows, Math.floor(CHUNK_FLOATS / vocabulary)));
    const headRows: Operand = { address: device.address(head), step: width, transposed: true };
    device.withTemporary(most * vocabulary * 4, (logits) => {
      for (let first = 0; first < rows; first += most) {
        const count = Math.min(most, rows - first);
        const part: Operand = { address: device.address(hidden) + first * width * 4, step: width, transposed: false };
        multiply(device, part, headRows, logits, { m: count, n: vocabulary, k: width });
        use(logits, first, count);
      }
    });
  };
  return {
    logProb(hidden, head, targets, temperature) {
      const rows = hidden.shape[0];
      const vocabulary = head.shape[0];
      device.checkIds(targets, vocabulary);
      const logProbs = device.output<Tensor1D>([rows]);
      const entropy = device.output<Tensor1D>([rows]);
      const addresses = [targets, logProbs, entropy].map((tensor) => device.address(tensor));
      forChunks(hidden, head, (logits, first, count) => {
        device.pool.run('logProbRows', { units: count, work: WORK * count * vocabulary }, [
          ...[logits, ...addresses.map((address) => address + first * 4), vocabulary, 1 / temperature],
        ]);
      });
      return { logProbs, entropy };
    },

    logProbGradient(hidden, head, targets, temperature, dy, wantsHead = true) {
      const [rows, width] = hidden.shape;
      const vocabulary = head.shape[0];
      device.checkIds(targets, vocabulary);
      const dhidden = device.output<Tensor2D>([rows, width]);
      const dhead = wantsHead ? device.output<Tensor2D>([vocabulary, width]) : null;
      const at = {
        hidden: device.address(hidden),
        targets: device.address(targets),
        dy: device.address(dy),
        dhidden: device.address(dhidden),
      };
      const headRows: Operand = { address: device.address(head), step: width, transposed: false };
      forChunks(hidden, head, (logits, first, count) => {
        device.pool.run('logProbRowsBackward', { units: count, work: WORK * count * vocabulary }, [
          ...[logits, at.targets + first * 4, at.dy + first * 4, vocabulary, 1 / temperature],
        ]);
        const slopes: Operand = { address: logits, step: vocabulary, transposed: false };
        multiply(device, slopes, headRows, at.dhidden + first * width * 4, { m: count, n: width, k: vocabulary });
        if (!dhead) return;
        const part: Operand = { address: at.hidden + first * width * 4, step: width, transposed: false };
        const size = { m: vocabulary, n: width, k: count };
        multiply(device, { ...slopes, transposed: true }, part, device.address(dhead), size, { accumulate: first > 0 });
      });
      return { dhidden, dhead };
    },
  };
}
