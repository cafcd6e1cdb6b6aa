import * as tf from '@tensorflow/tfjs-core';
import type { DecodeModel, Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { multiply } from './gemm.ts';

type Parts = Omit<Kernels, 'decodeStep'> & Required<Pick<Kernels, 'ropeOfBoth'>>;

/** One row's way through a decoder at one position: what all layers of a step share. */
interface Step {
  device: Device;
  parts: Parts;
  model: DecodeModel;
  /** [B, 1] int32. */
  positions: tf.Tensor2D;
  attend(layer: number, q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D): tf.Tensor2D;
}

/** A decoding step of the other kernels, in which what a block adds to the residual stream is added in the product's own dispatch. The same bits as op by op. */
export function decodeStepKernels(device: Device, parts: Parts): Pick<Kernels, 'decodeStep'> {
  return {
    decodeStep: (model, caches, from, ids, positions) =>
      tf.tidy(() => {
        const { heads, groups } = model.config;
        const step: Step = {
          device,
          parts,
          model,
          positions: tf.tensor2d(positions, [positions.length, 1], 'int32'),
          attend: (layer, q, k, v) => {
            const { keys, values } = caches[layer]!;
            return parts.decodeAttention(q, k, v, keys, values, from, positions, heads, groups);
          },
        };
        const { embed, block, finalNorm } = model.config.architecture === 'gpt2' ? gpt2 : llama;
        const x = embed(step, tf.tensor1d(ids, 'int32')); // [B, D], from here on changed in place
        for (let layer = 0; layer < model.config.layers; layer++) block(step, layer, x);
        return norm(step, x, finalNorm);
      }),
  };
}

const gpt2 = {
  finalNorm: 'transformer.ln_f',

  embed(step: Step, ids: tf.Tensor1D): tf.Tensor2D {
    const places = tf.reshape(step.positions, [-1]) as tf.Tensor1D;
    return tf.add(
      step.parts.embed(matrix(step, 'transformer.wte.weight'), ids),
      step.parts.embed(matrix(step, 'transformer.wpe.weight'), places),
    );
  },

  block(step: Step, layer: number, x: tf.Tensor2D): void {
    const at = `transformer.h.${layer}`;
    const qkv = linear(step, norm(step, x, `${at}.ln_1`), `${at}.attn.c_attn`);
    const [q, k, v] = tf.split(qkv, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    addLinear(step, x, step.attend(layer, q, k, v), `${at}.attn.c_proj`);
    const wide = step.parts.gelu(linear(step, norm(step, x, `${at}.ln_2`), `${at}.mlp.c_fc`));
    addLinear(step, x, wide, `${at}.mlp.c_proj`);
  },
};

const llama = {
  finalNorm: 'model.norm',

  embed: (step: Step, ids: tf.Tensor1D): tf.Tensor2D => step.parts.embed(matrix(step, 'model.embed_tokens.weight'), ids),

  block(step: Step, layer: number, x: tf.Tensor2D): void {
    const at = `model.layers.${layer}`;
    const first = norm(step, x, `${at}.input_layernorm`);
    const of = (part: 'q' | 'k') => headNorm(step, linear(step, first, `${at}.self_attn.${part}_proj`), `${at}.self_attn.${part}_norm`);
    const [q, k] = turned(step, of('q'), of('k'));
    addLinear(step, x, step.attend(layer, q, k, linear(step, first, `${at}.self_attn.v_proj`)), `${at}.self_attn.o_proj`);
    const second = norm(step, x, `${at}.post_attention_layernorm`);
    const wide = step.parts.swiglu(linear(step, second, `${at}.mlp.gate_proj`), linear(step, second, `${at}.mlp.up_proj`));
    addLinear(step, x, wide, `${at}.mlp.down_proj`);
  },
};

/** q or k [B, heads·E], normed head by head where the model does that (Qwen3). */
function headNorm(step: Step, x: tf.Tensor2D, normName: string): tf.Tensor2D {
  const { headNorms, headWidth } = step.model.config;
  return headNorms ? tf.reshape(norm(step, tf.reshape(x, [-1, headWidth]), normName), x.shape) : x;
}

/** q and k turned by their position. */
function turned(step: Step, q: tf.Tensor2D, k: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] {
  const { config, rope } = step.model;
  if (!rope) return [q, k];
  const [timedQ, timedK] = [q, k].map((x) => tf.reshape(x, [x.shape[0], 1, x.shape[1]])) as [tf.Tensor3D, tf.Tensor3D];
  const both = step.parts.ropeOfBoth(timedQ, timedK, rope.cos, rope.sin, step.positions, config.heads, config.groups, 1);
  return [tf.reshape(both[0], q.shape), tf.reshape(both[1], k.shape)];
}

function norm(step: Step, x: tf.Tensor2D, name: string): tf.Tensor2D {
  const { normEpsilon, architecture } = step.model.config;
  const kind = architecture === 'gpt2' ? 'layer' : 'rms';
  return step.parts.norm(x, vector(step, `${name}.weight`)!, kind === 'layer' ? vector(step, `${name}.bias`) : null, normEpsilon, kind).y;
}

function linear(step: Step, x: tf.Tensor2D, name: string): tf.Tensor2D {
  return step.parts.linear(x, matrix(step, `${name}.weight`), vector(step, `${name}.bias`), isTransposed(step));
}

/** y += x·w + bias, in place. */
function addLinear(step: Step, y: tf.Tensor2D, x: tf.Tensor2D, name: string): void {
  const w = matrix(step, `${name}.weight`);
  const [m, n] = y.shape;
  multiply(
    step.device,
    { tensor: x, step: x.shape[1], transposed: false },
    { tensor: w, step: w.shape[1], transposed: isTransposed(step) },
    { tensor: y },
    { m, n, k: x.shape[1] },
    { bias: vector(step, `${name}.bias`), addTo: 'itself' },
  );
}

/** Whether weights are torch's [out, in]. */
function isTransposed({ model }: Step): boolean {
  return model.config.architecture === 'llama';
}

function matrix({ model }: Step, name: string): tf.Tensor2D {
  return model.parameters.get(name) as tf.Tensor2D;
}

function vector({ model }: Step, name: string): tf.Tensor1D | null {
  return model.parameters.has(name) ? (model.parameters.get(name) as tf.Tensor1D) : null;
}
