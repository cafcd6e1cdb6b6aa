import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { elementLanes, program } from '../program.ts';

/** One invocation a pair (i, i + E/2) of a head: `names` are the tensors to be turned, whose pairs follow each other. */
const turn = (names: readonly string[]) =>
  program({
    name: `rope of ${names.join(' and ')}`,
    reads: [...names, 'cosines', 'sines', 'positions: i32'],
    writes: names.map((name) => `${name}Turned`),
    integers: ['half', 'last', ...names.flatMap((name) => [`${name}Pairs`, `${name}Heads`])],
    floats: ['sign'],
    lanes: elementLanes,
    body: `
  var pair = group * ${elementLanes}u + lane;
${names
  .map(
    (name) => `
  if (pair < u.${name}Pairs) {
    let i = pair % u.half;
    let row = pair / u.half / u.${name}Heads;
    let angle = min(u32(max(positions[row], 0)), u.last) * u.half + i;
    let at = pair / u.half * 2u * u.half + i;
    let cosine = cosines[angle];
    let sine = sines[angle] * u.sign;
    let a = ${name}[at];
    let b = ${name}[at + u.half];
    ${name}Turned[at] = a * cosine - b * sine;
    ${name}Turned[at + u.half] = b * cosine + a * sine;
    return;
  }
  pair -= u.${name}Pairs;`,
  )
  .join('')}`,
  });

const turnOne = turn(['x']);
const turnBoth = turn(['q', 'k']);

export function ropeKernels(device: Device): Required<Pick<Kernels, 'rope' | 'ropeOfBoth'>> {
  const tables = (cos: Tensor2D, sign: 1 | -1) => ({ half: cos.shape[1], last: cos.shape[0] - 1, sign });
  return {
    rope(x, cos, sin, positions, heads, sign) {
      const y = device.output<Tensor3D>(x.shape);
      const sizes = { xPairs: x.size / 2, xHeads: heads, ...tables(cos, sign) };
      device.run(turnOne, [x, cos, sin, positions, y], sizes, Math.ceil(x.size / 2 / elementLanes));
      return y;
    },

    ropeOfBoth(q, k, cos, sin, positions, heads, groups, sign) {
      const [turnedQ, turnedK] = [device.output<Tensor3D>(q.shape), device.output<Tensor3D>(k.shape)];
      const sizes = { qPairs: q.size / 2, qHeads: heads, kPairs: k.size / 2, kHeads: groups, ...tables(cos, sign) };
      device.run(turnBoth, [q, k, cos, sin, positions, turnedQ, turnedK], sizes, Math.ceil((q.size + k.size) / 2 / elementLanes));
      return [turnedQ, turnedK];
    },
  };
}
