import { dispose, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { largestOver, type Program, program, totalOver } from '../program.ts';

/** Lanes of a workgroup, and keys that it scores at a time. */
const LANES = 64;

/**
 * A workgroup a head of a row: 64 scores at a time with a running maximum, then a lane a column of the values. The new key and value are taken from where they
 * were computed, and the first head of a group writes them into the cache, so no workgroup waits for another's writing.
 */
function decode(headWidth: number): Program {
  const each = Math.ceil(headWidth / LANES);
  const columns = (text: string) =>
    `for (var s = 0u; s < ${each}u; s++) { let e = lane + s * ${LANES}u; if (e < ${headWidth}u) { ${text} } }`;
  return program({
    name: `decode attention of width ${headWidth}`,
    reads: ['q', 'k', 'v', 'places: i32'],
    writes: ['keys', 'values', 'y'],
    integers: ['batch', 'capacity', 'heads', 'groupsOfKeys'],
    floats: ['scale'],
    lanes: LANES,
    declarations: `
var<workgroup> query: array<f32, ${headWidth}>;
var<workgroup> weights: array<f32, ${LANES}>;
${totalOver(LANES)}
${largestOver(LANES)}`,
    body: `
  let b = group / u.heads;
  let h = group % u.heads;
  let repeats = u.heads / u.groupsOfKeys;
  let first = u32(places[b]);
  let last = u32(places[u.batch + b]);
  let step = u.groupsOfKeys * ${headWidth}u;
  let newAt = b * step + h / repeats * ${headWidth}u;
  let cacheAt = b * u.capacity * step + h / repeats * ${headWidth}u;
  ${columns(`query[e] = q[group * ${headWidth}u + e] * u.scale;`)}
  if (h % repeats == 0u) { ${columns('keys[cacheAt + last * step + e] = k[newAt + e]; values[cacheAt + last * step + e] = v[newAt + e];')} }
  workgroupBarrier();
  var sums = array<f32, ${each}>();
  var highest = -1e30;
  var sum = 0.0;
  for (var start = first; start <= last; start += ${LANES}u) {
    let place = start + lane;
    var score = -1e30;
    if (place < last) {
      score = 0.0;
      for (var e = 0u; e < ${headWidth}u; e++) { score = fma(query[e], keys[cacheAt + place * step + e], score); }
    } else if (place == last) {
      score = 0.0;
      for (var e = 0u; e < ${headWidth}u; e++) { score = fma(query[e], k[newAt + e], score); }
    }
    let higher = max(highest, largest(score, lane));
    let kept = exp(highest - higher);
    var weight = 0.0;
    if (place <= last) { weight = exp(score - higher); }
    weights[lane] = weight;
    sum = sum * kept + total(weight, lane);
    let count = min(${LANES}u, last + 1u - start);
    ${columns(`
      var column = sums[s] * kept;
      for (var x = 0u; x < count; x++) {
        if (start + x < last) { column = fma(weights[x], values[cacheAt + (start + x) * step + e], column); }
        else { column = fma(weights[x], v[newAt + e], column); }
      }
      sums[s] = column;`)}
    highest = higher;
    workgroupBarrier();
  }
  ${columns(`y[group * ${headWidth}u + e] = sums[s] / sum;`)}`,
  });
}

/** One token a row over a cache that is written in place. */
export function decodeKernels(device: Device): Pick<Kernels, 'decodeAttention'> {
  const programs = new Map<number, Program>();
  return {
    decodeAttention(q, k, v, keys, values, from, position, heads, groups) {
      const [batch, width] = q.shape;
      const capacity = keys.shape[1];
      for (let b = 0; b < batch; b++) {
        if (from[b]! < 0 || from[b]! > position[b]! || position[b]! >= capacity) {
          throw new RangeError(`row ${b} reads cache places ${from[b]} … ${position[b]} of ${capacity}`);
        }
      }
      const headWidth = width / heads;
      const program = programs.get(headWidth) ?? decode(headWidth);
      programs.set(headWidth, program);
      const places = tensor1d(Int32Array.of(...from, ...position), 'int32');
      const y = device.output<Tensor2D>([batch, width]);
      const sizes = { batch, capacity, heads, groupsOfKeys: groups, scale: 1 / Math.sqrt(headWidth) };
      device.run(program, [q, k, v, places, keys, values, y], sizes, batch * heads);
      dispose(places);
      return y;
    },
  };
}
