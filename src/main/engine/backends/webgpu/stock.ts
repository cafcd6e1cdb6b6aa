import * as tf from '@tensorflow/tfjs-core';
import type { Device } from './device.ts';
import { elementwise, program } from './program.ts';

/** Parts that one dispatch cuts; more are left to the stock kernel, one dispatch each. */
const MOST_PARTS = 3;
const ROW_LANES = 64;

const cut = elementwise({
  name: 'split in three',
  reads: ['x'],
  writes: ['a', 'b', 'c'],
  integers: ['width', 'aWidth', 'bWidth'],
  body: `
    let row = i / u.width;
    let column = i % u.width;
    let cWidth = u.width - u.aWidth - u.bWidth;
    if (column < u.aWidth) { a[row * u.aWidth + column] = x[i]; }
    else if (column < u.aWidth + u.bWidth) { b[row * u.bWidth + column - u.aWidth] = x[i]; }
    else { c[row * cWidth + column - u.aWidth - u.bWidth] = x[i]; }`,
});

const accumulate = program({
  name: 'cumulative sum of integers',
  reads: ['x: i32'],
  writes: ['y: i32'],
  integers: ['rows', 'length', 'exclusive'],
  lanes: ROW_LANES,
  body: `
  let row = group * ${ROW_LANES}u + lane;
  if (row < u.rows) {
    var sum = 0;
    for (var t = 0u; t < u.length; t++) {
      let value = x[row * u.length + t];
      y[row * u.length + t] = select(sum + value, sum, u.exclusive == 1u);
      sum += value;
    }
  }`,
});

/** Replaces stock kernels that take many dispatches for what a model does at every layer or step: cutting q, k and v apart, and positions from a mask. */
export function replaceStockKernels(device: Device): void {
  replace('SplitV', (args, stock) => {
    const x = args.inputs.x as tf.TensorInfo;
    const { numOrSizeSplits, axis } = args.attrs as unknown as { numOrSizeSplits: number[] | number; axis: number };
    const last = x.shape.length - 1;
    const along = tf.util.parseAxisParam(axis, x.shape)[0]!;
    const widths = tf.backend_util.prepareSplitSize({ shape: x.shape } as tf.Tensor, numOrSizeSplits, along);
    if (x.dtype !== 'float32' || along !== last || widths.length !== MOST_PARTS) return stock(args);
    const parts = widths.map((width) => device.backend.makeTensorInfo([...x.shape.slice(0, -1), width], 'float32'));
    const size = tf.util.sizeFromShape(x.shape);
    const sizes = { size, width: x.shape[last]!, aWidth: widths[0]!, bWidth: widths[1]! };
    device.run(cut, [x, ...parts], sizes, Math.ceil(size / ROW_LANES));
    return parts;
  });

  replace('Cumsum', (args, stock) => {
    const x = args.inputs.x as tf.TensorInfo;
    const { axis, exclusive, reverse } = args.attrs as unknown as { axis: number; exclusive: boolean; reverse: boolean };
    if (x.dtype !== 'int32' || reverse || axis !== x.shape.length - 1) return stock(args);
    const length = x.shape[axis]!;
    const rows = tf.util.sizeFromShape(x.shape) / length;
    const y = device.backend.makeTensorInfo(x.shape, 'int32');
    device.run(accumulate, [x, y], { rows, length, exclusive: Number(exclusive) }, Math.ceil(rows / ROW_LANES));
    return y;
  });
}

type KernelArguments = Parameters<tf.KernelFunc>[0];

function replace(kernelName: string, own: (args: KernelArguments, stock: tf.KernelFunc) => ReturnType<tf.KernelFunc>): void {
  const stock = originals.get(kernelName) ?? tf.getKernel(kernelName, 'webgpu');
  originals.set(kernelName, stock);
  tf.unregisterKernel(kernelName, 'webgpu');
  tf.registerKernel({ ...stock, kernelFunc: (args) => own(args, stock.kernelFunc) });
}

/** The stock kernels, however often a backend is opened in one process. */
const originals = new Map<string, tf.KernelConfig>();
