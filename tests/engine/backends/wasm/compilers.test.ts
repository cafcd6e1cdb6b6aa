import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernels, instantiate } from '#engine/backends/wasm/compile.ts';
import type { KernelExports } from '#engine/backends/wasm/protocol.ts';
import { modulePath } from '../../../../scripts/build-kernels.ts';
import { array } from './numbers.ts';

/** Rows, widths and lengths that are no multiple of a vector, a tile or a block. */
const [rows, width, outputs, time, heads] = [37, 301, 61, 37, 2];
const floats = 40_000;
const constants = 1024;
const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });

/** A hash of what each kernel leaves in memory of the same arrays. */
function results(kernels: KernelExports): string[] {
  kernels.prepare!();
  const all = new Float32Array(memory.buffer);
  const places = Array.from({ length: 12 }, (_, i) => 65536 + i * floats * 4);
  const fill = () => {
    for (const [i, place] of places.entries()) all.set(array(floats, i + 1, 3), place / 4);
  };
  const scratch = 65536 + 13 * floats * 4;
  const ids = places[11]!;
  const hashes: string[] = [];
  const run = (name: string, units: number, ...values: number[]) => {
    fill();
    for (let n = 0; n < floats; n++) all[places[10]! / 4 + n]! **= 2;
    new Int32Array(memory.buffer, ids, 1000).fill(1);
    kernels[name]!(0, units, scratch, ...values);
    const left = new Uint8Array(memory.buffer, 65536, 12 * floats * 4).slice();
    hashes.push(`${name} ${createHash('sha256').update(left).digest('hex')}`);
  };
  const [a, b, c, d, e, f, g, h, i, j] = places as [number, number, number, number, number, number, number, number, number, number];
  for (const ta of [0, 1]) {
    for (const tb of [0, 1]) {
      run('gemm', rows, 0, a, ta ? rows : width, ta, b, tb ? width : outputs, tb, c, outputs, rows, outputs, width, d, 0);
      run('gemm', outputs, 1, a, ta ? rows : width, ta, b, tb ? width : outputs, tb, c, outputs, rows, outputs, width, 0, c);
    }
  }
  run('geluForward', 9999, a, b);
  run('geluBackward', 9999, a, b, c);
  run('swigluForward', 9999, a, b, c);
  run('swigluBackward', 9999, a, b, c, d, e);
  run('normForward', rows, a, b, c, d, e, width, 1e-5, 1);
  run('normForward', rows, a, b, 0, d, e, width, 1e-5, 0);
  run('normBackward', rows, a, b, c, d, e, width, 1);
  run('normParameters', width, a, b, c, d, e, rows, width);
  run('columnSums', width, a, b, rows, width);
  run('adamw', 9999, a, b, c, places[10]!, 0.1, 0.9, 0.1, 0.95, 0.05, 1e-8, 0.99, 20, 0.3);
  run('sumOfSquares', 1, a, b, 9999);
  run('attentionForward', 3 * heads, a, b, c, ids, d, e, heads * 19, heads * 19, time, heads, heads, 19);
  run('attentionBackward', 3 * heads, a, b, c, ids, d, e, f, g, h, i, heads * 19, heads * 19, time, heads, heads, 19);
  run('logProbRows', rows, a, ids, b, c, d, width, 0.7);
  run('logProbRowsBackward', rows, a, ids, b, j, width, 0.7);
  run('rope', rows, a, b, c, d, ids, 3, 22, -1);
  return hashes;
}

/**
 * Weights must not depend on which compiler V8 chose or on how wide the processor's vectors are: a run that is resumed, or compared with another machine's, would end elsewhere.
 * A module compiled as usual begins in V8's quick compiler; ours is optimized, with vectors of 256 bits where there are any; and the tile is the host's choice.
 */
test('every compiler and every tile gives the same bits', async () => {
  const binary = await readFile(modulePath('kernels.wasm'));
  const quick = results(instantiate([new WebAssembly.Module(binary)], memory, { wide: false, constants }));
  const optimized = compileKernels(binary);
  for (const wide of [false, true]) expect(results(instantiate([optimized], memory, { wide, constants }))).toEqual(quick);
});
