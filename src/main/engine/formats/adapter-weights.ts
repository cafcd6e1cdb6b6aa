import { scaleOf } from '../nn/lora/config.ts';
import type { AdapterFiles } from '../weights/adapter.ts';
import { floatsOf, type SourceTensor } from './source.ts';

/**
 * Parameters with an adapter's corrections added, W + scale·B·A, in float32; what it does not correct stays as it is. One matrix is in memory at a time.
 * @param inOut weights are [in, out], GPT-2's
 */
export function mergedParameters(
  parameters: readonly (readonly [name: string, tensor: SourceTensor])[],
  { config, weights }: AdapterFiles,
  inOut: boolean,
): [name: string, tensor: SourceTensor][] {
  const scale = scaleOf(config);
  return parameters.map(([name, tensor]) => {
    const path = `base_model.model.${name.replace(/\.weight$/, '')}`;
    const a = weights.get(`${path}.lora_A.weight`); // [r, in]
    const b = weights.get(`${path}.lora_B.weight`); // [out, r]
    if (!a || !b) return [name, tensor];
    const merged: SourceTensor = {
      dtype: 'F32',
      shape: tensor.shape,
      *chunks() {
        yield new Uint8Array(correct(floatsOf(tensor), a, b, scale, config.rank, inOut).buffer);
      },
    };
    return [name, merged];
  });
}

/** Adds scale·B·A to `w` in place: [out, in], or [in, out] for `inOut`. */
function correct(w: Float32Array, a: Float32Array, b: Float32Array, scale: number, rank: number, inOut: boolean): Float32Array {
  const [outputs, inputs] = [b.length / rank, a.length / rank];
  const row = new Float64Array(inputs);
  for (let out = 0; out < outputs; out++) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[out * rank + r]!;
      for (let i = 0; i < inputs; i++) row[i] = row[i]! + factor * a[r * inputs + i]!;
    }
    for (let i = 0; i < inputs; i++) {
      const at = inOut ? i * outputs + out : out * inputs + i;
      w[at] = w[at]! + row[i]!;
    }
  }
  return w;
}
