import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import { type Device, multiply, type Operand } from '../device.ts';

/** Most floats of logits that are kept for the gradient: 8 MB. Beyond that it computes them again. */
export const KEPT_FLOATS: number = 2 ** 21;
/** Floats of logits that exist at a time: 32 MB. The head is packed once for so many rows: with few of them, that would take longer than their product. */
const CHUNK_FLOATS = 2 ** 23;

/** Multiply-adds that one logit's exponential is worth. */
const WORK = 8;

/** logProb and its gradient, over chunks of rows: [R, V] never exists whole unless it is small. Else the gradient computes the logits again. */
export function logProbKernels(device: Device): Pick<Kernels, 'logProb' | 'logProbGradient'> {
  /** What the kernels of rows write to: addresses of [R], or 0. */
  interface Rows {
    targets: number;
    logProbs: number;
    entropy: number;
    totals: number;
  }

  /** Turns rows `first` … of the logits, made at `logits`, into e^z and its sums. */
  const exponentials = (hidden: Tensor2D, head: Tensor2D, logits: number, first: number, count: number, rows: Rows, inverse: number) => {
    const [vocabulary, width] = head.shape;
    const part: Operand = { address: device.address(hidden) + first * width * 4, step: width, transposed: false };
    const headRows: Operand = { address: device.address(head), step: width, transposed: true };
    multiply(device, part, headRows, logits, { m: count, n: vocabulary, k: width });
    device.pool.run('logProbRows', { units: count, work: WORK * count * vocabulary }, [
      ...[logits, ...[rows.targets, rows.logProbs, rows.entropy, rows.totals].map((address) => address && address + first * 4)],
      ...[vocabulary, inverse],
    ]);
  };

  /** Calls `use` with temporary memory for the logits of each chunk, its first row and its number of rows. */
  const forChunks = (rows: number, vocabulary: number, use: (logits: number, first: number, count: number) => void): void => {
    const most = Math.max(1, Math.min(rows, Math.floor(CHUNK_FLOATS / vocabulary)));
    device.withTemporary(most * vocabulary * 4, (logits) => {
      for (let first = 0; first < rows; first += most) use(logits, first, Math.min(most, rows - first));
    });
  };

  return {
    logProb(hidden, head, targets, temperature) {
      const rows = hidden.shape[0];
      const vocabulary = head.shape[0];
      device.checkIds(targets, vocabulary);
      const [logProbs, entropy, totals] = [0, 0, 0].map(() => device.output<Tensor1D>([rows])) as [Tensor1D, Tensor1D, Tensor1D];
      const [ofTargets, ofLogProbs, ofEntropy, ofTotals] = [targets, logProbs, entropy, totals].map((tensor) => device.address(tensor));
      const places: Rows = { targets: ofTargets!, logProbs: ofLogProbs!, entropy: ofEntropy!, totals: ofTotals! };
      const saved: Tensor[] = [totals];
      if (rows * vocabulary <= KEPT_FLOATS) {
        const kept = device.output<Tensor2D>([rows, vocabulary]);
        exponentials(hidden, head, device.address(kept), 0, rows, places, 1 / temperature);
        saved.push(kept);
      } else {
        forChunks(rows, vocabulary, (logits, first, count) => exponentials(hidden, head, logits, first, count, places, 1 / temperature));
      }
      return { logProbs, entropy, saved };
    },

    logProbGradient(hidden, head, targets, temperature, dy, wantsHead = true, saved = []) {
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
      /** From e^z of rows `first` … and their sums, which are used up. */
      const backward = (logits: number, totals: number, first: number, count: number): void => {
        device.pool.run('logProbRowsBackward', { units: count, work: 2 * count * vocabulary }, [
          ...[logits, at.targets + first * 4, totals + first * 4, at.dy + first * 4, vocabulary, 1 / temperature],
        ]);
        const slopes: Operand = { address: logits, step: vocabulary, transposed: false };
        multiply(device, slopes, headRows, at.dhidden + first * width * 4, { m: count, n: width, k: vocabulary });
        if (!dhead) return;
        const part: Operand = { address: at.hidden + first * width * 4, step: width, transposed: false };
        const size = { m: vocabulary, n: width, k: count };
        multiply(
          device,
          { ...slopes, transposed: true },
          part,
          device.address(dhead),
          size,
          first > 0 ? { base: device.address(dhead) } : {},
        );
      };
      const [totals, kept] = saved;
      if (totals && kept) backward(device.address(kept), device.address(totals), 0, rows);
      else {
        device.withTemporary(rows * 4, (totals) => {
          forChunks(rows, vocabulary, (logits, first, count) => {
            const places: Rows = { targets: at.targets, logProbs: 0, entropy: 0, totals };
            exponentials(hidden, head, logits, first, count, places, 1 / temperature);
            backward(logits, totals, first, count);
          });
        });
      }
      return { dhidden, dhead };
    },
  };
}
