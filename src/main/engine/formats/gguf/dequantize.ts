import { fromHalf } from '../../weights/dtypes.ts';
import type { GgmlType } from './types.ts';

/**
 * Values of whole blocks, as ggml-quants.c computes them in float32. `bytes` hold `into.length / type.block` blocks.
 */
export function dequantize({ name, block, bytes: blockBytes }: GgmlType, bytes: Uint8Array, into: Float32Array): void {
  const unpack = unpackers[name];
  if (!unpack) throw new Error(`${name} has no blocks.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let b = 0; b * block < into.length; b++) unpack(bytes, view, b * blockBytes, into, b * block);
}

type Unpack = (bytes: Uint8Array, view: DataView, from: number, into: Float32Array, to: number) => void;

const half = (view: DataView, at: number) => fromHalf(view.getUint16(at, true));

const unpackers: Readonly<Record<string, Unpack>> = {
  /** d, 16 bytes: x = d·(q − 8). Low nibbles are the first half of the block, high ones the second; so in all of these. */
  Q4_0(bytes, view, from, into, to) {
    const d = half(view, from);
    for (let i = 0; i < 16; i++) {
      const q = bytes[from + 2 + i]!;
      into[to + i] = d * ((q & 15) - 8);
      into[to + 16 + i] = d * ((q >> 4) - 8);
    }
  },
  /** d, m, 16 bytes: x = d·q + m. */
  Q4_1(bytes, view, from, into, to) {
    const d = half(view, from);
    const m = half(view, from + 2);
    for (let i = 0; i < 16; i++) {
      const q = bytes[from + 4 + i]!;
      into[to + i] = d * (q & 15) + m;
      into[to + 16 + i] = d * (q >> 4) + m;
    }
  },
  /** d, 32 fifth bits, 16 bytes: x = d·(q − 16). */
  Q5_0(bytes, view, from, into, to) {
    const d = half(view, from);
    const fifths = view.getUint32(from + 2, true);
    for (let i = 0; i < 16; i++) {
      const q = bytes[from + 6 + i]!;
      into[to + i] = d * (((q & 15) | (((fifths >>> i) & 1) << 4)) - 16);
      into[to + 16 + i] = d * (((q >> 4) | (((fifths >>> (i + 16)) & 1) << 4)) - 16);
    }
  },
  /** d, m, 32 fifth bits, 16 bytes: x = d·q + m. */
  Q5_1(bytes, view, from, into, to) {
    const d = half(view, from);
    const m = half(view, from + 2);
    const fifths = view.getUint32(from + 4, true);
    for (let i = 0; i < 16; i++) {
      const q = bytes[from + 8 + i]!;
      into[to + i] = d * ((q & 15) | (((fifths >>> i) & 1) << 4)) + m;
      into[to + 16 + i] = d * ((q >> 4) | (((fifths >>> (i + 16)) & 1) << 4)) + m;
    }
  },
  /** d, 32 signed bytes: x = d·q. */
  Q8_0(_, view, from, into, to) {
    const d = half(view, from);
    for (let i = 0; i < 32; i++) into[to + i] = d * view.getInt8(from + 2 + i);
  },
  /** d, dmin, 8 scales and minima of 6 bits, 128 bytes: x = d·scale·q − dmin·min for each group of 32. */
  Q4_K(bytes, view, from, into, to) {
    const d = half(view, from);
    const dmin = half(view, from + 2);
    for (let group = 0; group < 8; group++) {
      const scale = d * scaleOf(bytes, from + 4, group);
      const min = dmin * minOf(bytes, from + 4, group);
      const q = from + 16 + (group >> 1) * 32; // two groups share 32 bytes: low nibbles, then high ones
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) into[to + group * 32 + i] = scale * ((bytes[q + i]! >> shift) & 15) - min;
    }
  },
  /** As Q4_K, with 32 bytes of fifth bits before the nibbles: bit g of byte i belongs to value i of group g. */
  Q5_K(bytes, view, from, into, to) {
    const d = half(view, from);
    const dmin = half(view, from + 2);
    for (let group = 0; group < 8; group++) {
      const scale = d * scaleOf(bytes, from + 4, group);
      const min = dmin * minOf(bytes, from + 4, group);
      const q = from + 48 + (group >> 1) * 32;
      const shift = (group & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const fifth = (bytes[from + 16 + i]! >> group) & 1;
        into[to + group * 32 + i] = scale * (((bytes[q + i]! >> shift) & 15) | (fifth << 4)) - min;
      }
    }
  },
  /** 128 bytes of low nibbles, 64 of upper two bits, 16 signed scales, d: x = d·scale·(q − 32) for each group of 16. */
  Q6_K(bytes, view, from, into, to) {
    const d = half(view, from + 208);
    for (let i = 0; i < 256; i++) {
      const side = i >> 7; // two sides of 128 values: quarters of 32 share 64 low bytes and 32 high ones
      const quarter = (i >> 5) & 3;
      const lane = i & 31;
      const low = (bytes[from + side * 64 + (quarter & 1) * 32 + lane]! >> ((quarter >> 1) * 4)) & 15;
      const high = (bytes[from + 128 + side * 32 + lane]! >> (quarter * 2)) & 3;
      into[to + i] = d * view.getInt8(from + 192 + (i >> 4)) * ((low | (high << 4)) - 32);
    }
  },
};

/** Six bits of scale number `group` of eight, as K-quants pack them in 12 bytes. */
function scaleOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + group]! & 63;
  return (bytes[at + group + 4]! & 15) | ((bytes[at + group - 4]! >> 6) << 4);
}

function minOf(bytes: Uint8Array, at: number, group: number): number {
  if (group < 4) return bytes[at + group + 4]! & 63;
  return (bytes[at + group + 4]! >> 4) | ((bytes[at + group]! >> 6) << 4);
}
