import { toHalf } from '../../weights/dtypes.ts';

/** 32 values a block: d = max|x|/127 as a half, then round(x/d) in signed bytes (ggml-quants.c, `quantize_row_q8_0_ref`). */
export function quantizeQ8(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array((values.length / 32) * 34);
  const view = new DataView(bytes.buffer);
  for (let from = 0, to = 0; from < values.length; from += 32, to += 34) {
    let most = 0;
    for (let i = 0; i < 32; i++) most = Math.max(most, Math.abs(values[from + i]!));
    const d = Math.fround(most / 127);
    const inverse = d === 0 ? 0 : Math.fround(1 / d);
    view.setUint16(to, toHalf(d), true);
    for (let i = 0; i < 32; i++) view.setInt8(to + 2 + i, roundAway(Math.fround(values[from + i]! * inverse)));
  }
  return bytes;
}

/** C's roundf: halves away from zero. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}
