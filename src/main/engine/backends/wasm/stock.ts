import * as tf from '@tensorflow/tfjs-core';
import { type Device, multiply } from './device.ts';
import { embedSum } from './kernels/embed.ts';

/**
 * Replaces stock kernels of tfjs-backend-wasm that are wrong, missing or slow (spec/engine.md):
 * BatchMatMul (10–40× slow when batched or transposed, and it keeps packed copies of weights that an in-place optimizer has since changed),
 * UnsortedSegmentSum (missing: without it, gather has no gradient), GatherV2 with batchDims (silently wrong).
 */
export function replaceStockKernels(device: Device): void {
  const gather = stockKernel('GatherV2');
  replace('BatchMatMul', (parameters) => batchMatMul(device, parameters));
  replace('UnsortedSegmentSum', (parameters) => unsortedSegmentSum(device, parameters));
  replace('GatherV2', (parameters) => {
    if (parameters.attrs?.batchDims)
      throw new Error('tf.gather with batchDims is wrong on this backend: gather from the flattened tensor.');
    return gather(parameters);
  });
}

type Parameters = Parameters_<tf.KernelFunc>[0];
type Parameters_<F> = F extends (...parameters: infer P) => unknown ? P : never;

/** The kernels as tfjs registered them, kept so that opening the backend again does not wrap a wrapper. */
const stock = new Map<string, tf.KernelFunc>();

function stockKernel(name: string): tf.KernelFunc {
  const known = stock.get(name) ?? tf.getKernel(name, 'wasm').kernelFunc;
  stock.set(name, known);
  return known;
}

function replace(kernelName: string, kernelFunc: tf.KernelFunc): void {
  const known = tf.getKernel(kernelName, 'wasm');
  if (known) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...known, kernelName, backendName: 'wasm', kernelFunc });
}

/** tf.matMul: a [..., M, K]·b [..., K, N], either side transposed or broadcast over the batch. */
function batchMatMul(device: Device, { inputs, attrs }: Parameters): tf.TensorInfo {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  if (a.dtype !== 'float32' || b.dtype !== 'float32') throw new TypeError('matMul takes float32 on this backend.');
  const [rowsA, columnsA] = a.shape.slice(-2) as [number, number];
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const [inner, n] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  if (k !== inner) throw new RangeError(`matMul: inner sizes ${k} and ${inner} differ.`);
  const outerA = a.shape.slice(0, -2);
  const outerB = b.shape.slice(0, -2);
  const batchA = tf.util.sizeFromShape(outerA);
  const batchB = tf.util.sizeFromShape(outerB);
  if (!tf.util.arraysEqual(outerA, outerB) && batchA !== 1 && batchB !== 1) {
    throw new RangeError(`matMul: batches [${outerA}] and [${outerB}] do not fit; broadcasting works with a batch of one.`);
  }
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const out = device.heap.backend.makeOutput([...outer, m, n], 'float32');
  const at = { a: device.address(a), b: device.address(b), out: device.address(out) };
  const batch = Math.max(batchA, batchB);
  if (batch === 1) {
    const left = { address: at.a, step: columnsA, transposed: transposeA };
    multiply(device, left, { address: at.b, step: columnsB, transposed: transposeB }, at.out, { m, n, k });
  } else {
    device.pool.run('gemmBatch', { units: batch, work: batch * m * n * k }, [
      ...[at.a, batchA === 1 ? 0 : m * k, Number(transposeA), at.b, batchB === 1 ? 0 : k * n, Number(transposeB), at.out, m, n, k],
    ]);
  }
  return out;
}

/** tf.unsortedSegmentSum: rows of x [R, …] added up by segment id [R]. */
function unsortedSegmentSum(device: Device, { inputs, attrs }: Parameters): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
  const { numSegments } = attrs as unknown as { numSegments: number };
  if (x.dtype !== 'float32' || segmentIds.shape.length !== 1) {
    throw new TypeError('unsortedSegmentSum takes float32 and a list of segment ids on this backend.');
  }
  const [rows = 0, ...rest] = x.shape;
  const out = device.heap.backend.makeOutput([numSegments, ...rest], 'float32');
  const shape: [number, number] = [numSegments, tf.util.sizeFromShape(rest)];
  embedSum(device, shape, rows, device.address(segmentIds), device.address(x), device.address(out));
  return out;
}
