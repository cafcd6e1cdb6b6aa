import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import type { AdamWStep, Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { elementLanes, type Program, program, totalOver } from '../program.ts';

/** Storage buffers that every device gives a shader. */
const BUFFERS = 8;
const LANES = 256;
/** Floats of a partial sum: 32 a lane. */
const RUN = 8192;

/** Partial sums of squares of several tensors, a workgroup a run of one of them. */
function squares(count: number): Program {
  const names = Array.from({ length: count }, (_, t) => `g${t}`);
  return program({
    name: `sum of squares of ${count}`,
    reads: names,
    writes: ['parts'],
    integers: ['at', ...names.map((name) => `${name}Size`)],
    lanes: LANES,
    declarations: totalOver(LANES),
    body: `
  var run = group;
  var sum = 0.0;
  ${names
    .map(
      (name) => `{
    let runs = (u.${name}Size + ${RUN - 1}u) / ${RUN}u;
    if (run < runs) {
      let end = min(u.${name}Size, (run + 1u) * ${RUN}u);
      for (var i = run * ${RUN}u + lane; i < end; i += ${LANES}u) { sum = fma(${name}[i], ${name}[i], sum); }
      run = 0xffffffffu;
    } else if (run != 0xffffffffu) { run -= runs; }
  }`,
    )
    .join('\n  ')}
  sum = total(sum, lane);
  if (lane == 0u) { parts[u.at + group] = sum; }`,
  });
}

/** AdamW in place on one parameter or two. */
function adamw(count: 1 | 2): Program {
  const sets = Array.from({ length: count }, (_, t) => t);
  const change = (t: number) => `
    let g = g${t}[i] * u.scale;
    let first = u.beta1 * m${t}[i] + u.rest1 * g;
    let second = u.beta2 * v${t}[i] + u.rest2 * g * g;
    m${t}[i] = first;
    v${t}[i] = second;
    p${t}[i] = p${t}[i] * u.keep${t} - u.rate * first / (sqrt(second * u.inverse2) + u.epsilon);`;
  return program({
    name: `AdamW of ${count}`,
    reads: sets.map((t) => `g${t}`),
    writes: sets.flatMap((t) => [`p${t}`, `m${t}`, `v${t}`]),
    integers: sets.map((t) => `size${t}`),
    floats: ['scale', 'beta1', 'rest1', 'beta2', 'rest2', 'rate', 'inverse2', 'epsilon', ...sets.map((t) => `keep${t}`)],
    lanes: elementLanes,
    body: `
  var i = group * ${elementLanes}u + lane;
  if (i < u.size0) {${change(0)}
  }${
    count === 2
      ? ` else if (i - u.size0 < u.size1) {
    i -= u.size0;${change(1)}
  }`
      : ''
  }`,
  });
}

/** adamw in place, two parameters a dispatch, and Σ g², seven gradients a dispatch and one number read. */
export function optimizerKernels(device: Device): Pick<Kernels, 'adamw' | 'adamwOfAll' | 'sumOfSquares' | 'sumOfSquaresOfAll'> {
  const squaresOf = new Map<number, Program>();
  const adamwOf = { 1: adamw(1), 2: adamw(2) };

  const sumOfSquaresOfAll = (gs: Tensor[]): number => {
    if (gs.length === 0) return 0;
    const runsOf = ({ size }: Tensor) => Math.ceil(size / RUN);
    const parts = device.output<Tensor1D>([gs.reduce((sum, g) => sum + runsOf(g), 0)]);
    let at = 0;
    for (let from = 0; from < gs.length; from += BUFFERS - 1) {
      const some = gs.slice(from, from + BUFFERS - 1);
      const program = squaresOf.get(some.length) ?? squares(some.length);
      squaresOf.set(some.length, program);
      const runs = some.reduce((sum, g) => sum + runsOf(g), 0);
      device.run(program, [...some, parts], { at, ...Object.fromEntries(some.map((g, t) => [`g${t}Size`, g.size])) }, runs);
      at += runs;
    }
    const sum = parts.dataSync<'float32'>().reduce((total, part) => total + part, 0);
    parts.dispose();
    return sum;
  };

  const adamwOfAll = (
    all: { p: Tensor; g: Tensor; m: Tensor; v: Tensor; weightDecay: number }[],
    step: Omit<AdamWStep, 'weightDecay'>,
  ): void => {
    const { learningRate, beta1, beta2, epsilon, c1, c2, scale } = step;
    const rates = { scale, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, rate: learningRate / c1, inverse2: 1 / c2, epsilon };
    for (let from = 0; from < all.length; from += 2) {
      const some = all.slice(from, from + 2);
      const own = some.flatMap(({ p, weightDecay }, t) => [
        [`size${t}`, p.size],
        [`keep${t}`, 1 - learningRate * weightDecay],
      ]);
      const tensors = [...some.map(({ g }) => g), ...some.flatMap(({ p, m, v }) => [p, m, v])];
      const size = some.reduce((sum, { p }) => sum + p.size, 0);
      device.run(adamwOf[some.length as 1 | 2], tensors, { ...rates, ...Object.fromEntries(own) }, Math.ceil(size / elementLanes));
    }
  };

  return {
    sumOfSquares: (g) => sumOfSquaresOfAll([g]),
    sumOfSquaresOfAll,
    adamw: (p, g, m, v, { weightDecay, ...step }) => adamwOfAll([{ p, g, m, v, weightDecay }], step),
    adamwOfAll,
  };
}
