import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { elementLanes, program } from '../program.ts';

/** One invocation a pair (i, i + E/2) of a head. */
const turn = program({
  name: 'rope',
  reads: ['x', 'cosines', 'sines', 'positions: i32'],
  writes: ['y'],
  integers: ['pairs', 'heads', 'half', 'last'],
  floats: ['sign'],
  lanes: elementLanes,
  body: `
  let pair = group * ${elementLanes}u + lane;
  if (pair < u.pairs) {
    let i = pair % u.half;
    let row = pair / u.half / u.heads;
    let angle = min(u32(max(positions[row], 0)), u.last) * u.half + i;
    let at = pair / u.half * 2u * u.half + i;
    let cosine = cosines[angle];
    let sine = sines[angle] * u.sign;
    let a = x[at];
    let b = x[at + u.half];
    y[at] = a * cosine - b * sine;
    y[at + u.half] = b * cosine + a * sine;
  }`,
});

export function ropeKernels(device: Device): Pick<Kernels, 'rope'> {
  return {
    rope(x, cos, sin, positions, heads, sign) {
      const y = device.output<Tensor3D>(x.shape);
      const pairs = x.size / 2;
      const sizes = { pairs, heads, half: cos.shape[1], last: cos.shape[0] - 1, sign };
      device.run(turn, [x, cos, sin, positions, y], sizes, Math.ceil(pairs / elementLanes));
      return y;
    },
  };
}
