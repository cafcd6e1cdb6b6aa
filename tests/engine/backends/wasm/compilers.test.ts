import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernels, instantiate, type KernelExports } from '#engine/backends/wasm/compile.ts';
import { Ending, type PackedMatrix, ProgramWriter } from '#engine/backends/wasm/kernels/decode-program.ts';
import { ProgramState } from '#engine/backends/wasm/protocol.ts';
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

/** A hash of what a program of every kind of task leaves in memory, with weights in float32 and in 8 bits. */
function decoded(kernels: KernelExports): string[] {
  const [vocabulary, groups, headWidth, capacity, slots] = [83, 1, 18, 9, 5];
  const inner = heads * headWidth;
  const place = (i: number) => 65536 + i * floats * 4;
  const [table, x, qkv, attended, wide, logits, keys, values, packed, state, scratch, program] = Array.from({ length: 12 }, (_, i) =>
    place(i),
  ) as [...[number, number, number, number, number, number], ...[number, number, number, number, number, number]];
  const words = program - 4096;
  return [false, true].map((eightBits) => {
    for (let i = 0; i < 8; i++) new Float32Array(memory.buffer, place(i), floats).set(array(floats, i + 1));
    new Uint8Array(memory.buffer, packed, 4 * floats * 4).fill(0);
    let next = packed;
    const matrix = (inputs: number, outputs: number): PackedMatrix => {
      const [address, scales, sums] = [next, next + 30_000, next + 30_512];
      next += 32_000;
      kernels.packWeights!(
        0,
        Math.ceil(outputs / 16),
        scratch,
        table,
        0,
        inputs,
        outputs,
        address,
        eightBits ? scales : 0,
        eightBits ? sums : 0,
      );
      return { address, inputs, outputs, bias: table, scales: eightBits ? scales : 0, sums: eightBits ? sums : 0 };
    };
    const [into, out, up, down] = [
      matrix(outputs, inner + 2 * groups * headWidth),
      matrix(inner, outputs),
      matrix(outputs, 39),
      matrix(39, outputs),
    ];
    new Int32Array(memory.buffer, words, 3 * slots).set([4, 2, 0, 1, 3, 7, 8, 7, 9, 1, 0, 3, 8, 2, 1]);
    const [ids, positions] = [words + 4 * slots, words + 8 * slots];
    new Float64Array(memory.buffer, words + 64, slots + 1).set([0.1, 0.5, 0.9, 0.3, 0.7, 1.5]);
    const norm = { epsilon: 1e-5, centered: true };
    const writer = new ProgramWriter(memory, program, slots, 1);
    writer.embed(table, ids, table, positions, x, outputs);
    writer.linear(x, { gain: table, bias: table }, [into], qkv, Ending.PLAIN, norm);
    writer.attend({
      ...{ qkv, keys, values, slots: words, positions, y: attended, capacity, heads, groups, headWidth, epsilon: 1e-5 },
      ...{ cos: table, sin: table + 4000, qGain: table, kGain: table },
    });
    writer.linear(attended, null, [out], x, Ending.ADD, norm);
    writer.linear(x, { gain: table, bias: 0 }, [up], wide, Ending.GELU, { epsilon: 1e-5, centered: false });
    writer.linear(x, null, [up, up], wide, Ending.SWIGLU, norm);
    writer.linear(wide, null, [down], x, Ending.ADD, norm);
    writer.linear(x, null, [matrix(outputs, vocabulary)], logits, Ending.PLAIN, norm);
    writer.draw(logits, words + 64, words + 128, words + 64 + 8 * slots, vocabulary);
    new Uint8Array(memory.buffer, state, ProgramState.bytes(1)).fill(0);
    kernels.runAlone!(state, program, scratch, writer.scratchBytes);
    expect(new Int32Array(memory.buffer, words + 128, slots).every((id) => id >= 0)).toBe(true);
    return createHash('sha256')
      .update(new Uint8Array(memory.buffer, 65536, 8 * floats * 4).slice())
      .digest('hex');
  });
}

/**
 * Weights must not depend on which compiler V8 chose or on how wide the processor's vectors are: a run that is resumed, or compared with another machine's, would end elsewhere.
 * A module compiled as usual begins in V8's quick compiler; ours is optimized, with vectors of 256 bits where there are any; and the tile is the host's choice.
 */
test('every compiler and every tile gives the same bits', async () => {
  const binaries = await Promise.all([readFile(modulePath('kernels.wasm')), readFile(modulePath('decode.wasm'))]);
  const all = (kernels: KernelExports) => [...results(kernels), ...decoded(kernels)];
  const quick = all(
    instantiate(
      binaries.map((binary) => new WebAssembly.Module(marked(binary, 1))),
      memory,
      { wide: false, constants },
    ),
  );
  const optimized = binaries.map((binary) => compileKernels(marked(binary, 2)));
  for (const wide of [false, true]) expect(all(instantiate(optimized, memory, { wide, constants }))).toEqual(quick);
});

/** The module with a section that means nothing: V8 compiles the same bytes once a process, however it is asked to. */
function marked(binary: Uint8Array, mark: number): Uint8Array<ArrayBuffer> {
  const sectionOfOneByte = [0, 3, 1, 0x6d, mark];
  return Uint8Array.from([...binary, ...sectionOfOneByte]);
}
