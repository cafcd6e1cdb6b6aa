import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { elementwise, program } from '../program.ts';

const LANES = 64;
/** Columns that a lane of the gradient adds up. */
const EACH = 4;

/** An id that is no row gives NaN, which ends the job, rather than a neighbor's numbers. */
const gather = elementwise({
  name: 'embed',
  reads: ['table', 'ids: i32'],
  writes: ['y'],
  integers: ['vocabulary', 'width'],
  floats: ['none'],
  body: `
  let id = ids[i / u.width];
  var value = u.none;
  if (id >= 0 && id < i32(u.vocabulary)) { value = table[u32(id) * u.width + i % u.width]; }
  y[i] = value;`,
});

/** A workgroup a row of the table and 256 of its columns; ids are looked through 64 at a time, and rows added in their order, without atomics: the same bits always. */
const scatter = program({
  name: 'embed gradient',
  reads: ['ids: i32', 'dy'],
  writes: ['dtable'],
  integers: ['rows', 'width'],
  lanes: LANES,
  declarations: `
var<workgroup> batch: array<i32, ${LANES}>;
var<workgroup> hits: atomic<u32>;`,
  body: `
  let parts = (u.width + ${LANES * EACH - 1}u) / ${LANES * EACH}u;
  let id = i32(group / parts);
  let column = group % parts * ${LANES * EACH}u + lane;
  var sums = array<f32, ${EACH}>();
  for (var start = 0u; start < u.rows; start += ${LANES}u) {
    if (lane == 0u) { atomicStore(&hits, 0u); }
    workgroupBarrier();
    batch[lane] = -1;
    if (start + lane < u.rows) { batch[lane] = ids[start + lane]; }
    if (batch[lane] == id) { atomicAdd(&hits, 1u); }
    workgroupBarrier();
    if (atomicLoad(&hits) > 0u) {
      for (var r = 0u; r < ${LANES}u; r++) {
        if (batch[r] != id) { continue; }
        for (var e = 0u; e < ${EACH}u; e++) {
          let d = column + e * ${LANES}u;
          if (d < u.width) { sums[e] += dy[(start + r) * u.width + d]; }
        }
      }
    }
    workgroupBarrier();
  }
  for (var e = 0u; e < ${EACH}u; e++) {
    let d = column + e * ${LANES}u;
    if (d < u.width) { dtable[group / parts * u.width + d] = sums[e]; }
  }`,
});

export function embedKernels(device: Device): Pick<Kernels, 'embed' | 'embedGradient'> {
  return {
    embed(table, ids) {
      const [vocabulary, width] = table.shape;
      const y = device.output<Tensor2D>([ids.shape[0], width]);
      device.runElements(gather, [table, ids, y], { vocabulary, width, none: Number.NaN });
      return y;
    },

    embedGradient([vocabulary, width], ids, dy) {
      const table = device.output<Tensor2D>([vocabulary, width]);
      const groups = vocabulary * Math.ceil(width / (LANES * EACH));
      device.run(scatter, [ids, dy, table], { rows: ids.shape[0], width }, groups);
      return table;
    },
  };
}
