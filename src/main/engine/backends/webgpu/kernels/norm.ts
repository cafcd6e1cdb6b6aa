import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { program, totalOver } from '../program.ts';

/** Lanes on a row; and, for the gradient of gain and bias, columns and row lanes of a workgroup. */
const LANES = 64;
const COLUMNS = 16;
const DEPTH = 16;

const forward = (layer: boolean, biased: boolean) =>
  program({
    name: `${layer ? 'LayerNorm' : 'RMSNorm'}${biased ? ' with bias' : ''}`,
    reads: ['x', 'gain', ...(biased ? ['bias'] : [])],
    writes: ['y', 'statistics'],
    integers: ['width'],
    floats: ['epsilon'],
    lanes: LANES,
    declarations: totalOver(LANES),
    body: `
  let at = group * u.width;
  var mean = 0.0;
  ${layer ? `var sum = 0.0; for (var d = lane; d < u.width; d += ${LANES}u) { sum += x[at + d]; } mean = total(sum, lane) / f32(u.width);` : ''}
  var squares = 0.0;
  for (var d = lane; d < u.width; d += ${LANES}u) { let off = x[at + d] - mean; squares = fma(off, off, squares); }
  let inverse = inverseSqrt(total(squares, lane) / f32(u.width) + u.epsilon);
  for (var d = lane; d < u.width; d += ${LANES}u) { y[at + d] = (x[at + d] - mean) * inverse * gain[d]${biased ? ' + bias[d]' : ''}; }
  if (lane == 0u) { statistics[2u * group] = mean; statistics[2u * group + 1u] = inverse; }`,
  });

const slope = (layer: boolean) =>
  program({
    name: `${layer ? 'LayerNorm' : 'RMSNorm'} gradient of x`,
    reads: ['x', 'gain', 'statistics', 'dy'],
    writes: ['dx'],
    integers: ['width'],
    lanes: LANES,
    declarations: totalOver(LANES),
    body: `
  let at = group * u.width;
  let mean = statistics[2u * group];
  let inverse = statistics[2u * group + 1u];
  var sum = 0.0;
  var along = 0.0;
  for (var d = lane; d < u.width; d += ${LANES}u) {
    let t = dy[at + d] * gain[d];
    sum += t;
    along = fma(t, (x[at + d] - mean) * inverse, along);
  }
  along = total(along, lane) / f32(u.width);
  ${layer ? 'sum = total(sum, lane) / f32(u.width);' : 'sum = 0.0;'}
  for (var d = lane; d < u.width; d += ${LANES}u) {
    dx[at + d] = (dy[at + d] * gain[d] - sum - (x[at + d] - mean) * inverse * along) * inverse;
  }`,
  });

const parameterSlopes = program({
  name: 'norm gradients of gain and bias',
  reads: ['x', 'statistics', 'dy'],
  writes: ['dgain', 'dbias'],
  integers: ['rows', 'width'],
  lanes: COLUMNS * DEPTH,
  declarations: `
var<workgroup> gains: array<f32, ${COLUMNS * DEPTH}>;
var<workgroup> biases: array<f32, ${COLUMNS * DEPTH}>;`,
  body: `
  let column = group * ${COLUMNS}u + lane % ${COLUMNS}u;
  var gainSum = 0.0;
  var biasSum = 0.0;
  if (column < u.width) {
    for (var r = lane / ${COLUMNS}u; r < u.rows; r += ${DEPTH}u) {
      let slope = dy[r * u.width + column];
      gainSum = fma(slope, (x[r * u.width + column] - statistics[2u * r]) * statistics[2u * r + 1u], gainSum);
      biasSum += slope;
    }
  }
  gains[lane] = gainSum;
  biases[lane] = biasSum;
  workgroupBarrier();
  if (lane < ${COLUMNS}u && column < u.width) {
    for (var other = lane + ${COLUMNS}u; other < ${COLUMNS * DEPTH}u; other += ${COLUMNS}u) { gainSum += gains[other]; biasSum += biases[other]; }
    dgain[column] = gainSum;
    dbias[column] = biasSum;
  }`,
});

const forwards = {
  layer: forward(true, false),
  layerBiased: forward(true, true),
  rms: forward(false, false),
  rmsBiased: forward(false, true),
};
const slopes = { layer: slope(true), rms: slope(false) };

/** LayerNorm and RMSNorm: a workgroup a row forward, a workgroup 16 columns for the parameters' gradients. */
export function normKernels(device: Device): Pick<Kernels, 'norm' | 'normGradient'> {
  return {
    norm(x, gain, bias, epsilon, kind) {
      const [rows, width] = x.shape;
      const y = device.output<Tensor2D>([rows, width]);
      const statistics = device.output<Tensor2D>([rows, 2]);
      const tensors = [x, gain, ...(bias ? [bias] : []), y, statistics];
      device.run(forwards[bias ? (`${kind}Biased` as const) : kind], tensors, { width, epsilon }, rows);
      return { y, statistics };
    },

    normGradient(x, gain, statistics, dy, kind, wantsParameters = true) {
      const [rows, width] = x.shape;
      const dx = device.output<Tensor2D>([rows, width]);
      device.run(slopes[kind], [x, gain, statistics, dy, dx], { width }, rows);
      if (!wantsParameters) return { dx, dgain: null, dbias: null };
      const dgain = device.output<Tensor1D>([width]);
      const dbias = device.output<Tensor1D>([width]);
      device.run(parameterSlopes, [x, statistics, dy, dgain, dbias], { rows, width }, Math.ceil(width / COLUMNS));
      return { dx, dgain, dbias };
    },
  };
}
