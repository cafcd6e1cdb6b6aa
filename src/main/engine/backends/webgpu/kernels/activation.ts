import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { elementwise } from '../program.ts';

/** gelu_new is x·σ(2u) with u = √(2/π)·(x + 0.044715x³), since ½(1 + tanh u) = σ(2u). */
const twice = 2 * Math.sqrt(2 / Math.PI);
const cubic = twice * 0.044715;

const sigmoid = 'fn sigmoid(x: f32) -> f32 { return 1.0 / (1.0 + exp(-x)); }';

const gelu = elementwise({
  name: 'gelu',
  reads: ['x'],
  writes: ['y'],
  declarations: sigmoid,
  body: `y[i] = x[i] * sigmoid(x[i] * (x[i] * x[i] * ${cubic} + ${twice}));`,
});

const geluSlope = elementwise({
  name: 'gelu gradient',
  reads: ['x', 'dy'],
  writes: ['dx'],
  declarations: sigmoid,
  body: `
  let square = x[i] * x[i];
  let s = sigmoid(x[i] * (square * ${cubic} + ${twice}));
  dx[i] = dy[i] * s * (1.0 + x[i] * (square * ${3 * cubic} + ${twice}) * (1.0 - s));`,
});

const swiglu = elementwise({
  name: 'swiglu',
  reads: ['gate', 'up'],
  writes: ['y'],
  declarations: sigmoid,
  body: 'y[i] = gate[i] * sigmoid(gate[i]) * up[i];',
});

const swigluSlopes = elementwise({
  name: 'swiglu gradient',
  reads: ['gate', 'up', 'dy'],
  writes: ['dgate', 'dup'],
  declarations: sigmoid,
  body: `
  let s = sigmoid(gate[i]);
  dgate[i] = dy[i] * up[i] * s * (1.0 + gate[i] * (1.0 - s));
  dup[i] = dy[i] * gate[i] * s;`,
});

export function activationKernels(device: Device): Pick<Kernels, 'gelu' | 'geluGradient' | 'swiglu' | 'swigluGradient'> {
  const like = (x: Tensor2D) => device.output<Tensor2D>(x.shape);
  return {
    gelu(x) {
      const y = like(x);
      device.runElements(gelu, [x, y]);
      return y;
    },
    geluGradient(x, dy) {
      const dx = like(x);
      device.runElements(geluSlope, [x, dy, dx]);
      return dx;
    },
    swiglu(gate, up) {
      const y = like(gate);
      device.runElements(swiglu, [gate, up, y]);
      return y;
    },
    swigluGradient(gate, up, dy) {
      const [dgate, dup] = [like(gate), like(gate)];
      device.runElements(swigluSlopes, [gate, up, dy, dgate, dup]);
      return { dgate, dup };
    },
  };
}
