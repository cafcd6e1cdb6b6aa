import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, goingOn, projectAll, projectOnto, under } from './architecture.ts';
import type { DecoderConfig } from './config.ts';
import { swiglu } from './ops/activation.ts';
import { embed } from './ops/embed.ts';
import { norm } from './ops/norm.ts';
import { rope } from './ops/rope.ts';

/**
 * Llama and its kin (Touvron et al. 2023): rotary positions, RMSNorm first, grouped queries, SwiGLU; weights are torch's [out, in].
 * Qwen2 adds biases on q, k and v; Qwen3 a norm over each head of q and k.
 */
export const llama: Architecture = {
  tokenEmbedding: 'model.embed_tokens.weight',
  linears: [
    'self_attn.q_proj',
    'self_attn.k_proj',
    'self_attn.v_proj',
    'self_attn.o_proj',
    'mlp.gate_proj',
    'mlp.up_proj',
    'mlp.down_proj',
  ],
  blockPrefix: (layer) => `model.layers.${layer}.`,

  shapes(config) {
    const { width, feedForward, headWidth } = config;
    const [queries, keys] = [config.heads * headWidth, config.groups * headWidth];
    const weight = (name: string, ...shape: number[]) => ({ name, shape, decay: true });
    const still = (name: string, length: number) => ({ name, shape: [length], decay: false });
    const linears = (prefix: string, bias: boolean, ...all: [name: string, out: number, into: number][]) =>
      all.flatMap(([name, out, into]) => [
        weight(`${prefix}${name}.weight`, out, into),
        ...(bias ? [still(`${prefix}${name}.bias`, out)] : []),
      ]);
    const layers = Array.from({ length: config.layers }, (_, layer) => {
      const prefix = `model.layers.${layer}.`;
      const attention = `${prefix}self_attn.`;
      return [
        still(`${prefix}input_layernorm.weight`, width),
        ...linears(attention, config.projectionBias, ['q_proj', queries, width], ['k_proj', keys, width], ['v_proj', keys, width]),
        ...linears(attention, config.outputBias, ['o_proj', width, queries]),
        ...(config.headNorms ? [still(`${attention}q_norm.weight`, headWidth), still(`${attention}k_norm.weight`, headWidth)] : []),
        still(`${prefix}post_attention_layernorm.weight`, width),
        ...linears(`${prefix}mlp.`, config.mlpBias, ['gate_proj', feedForward, width], ['up_proj', feedForward, width]),
        ...linears(`${prefix}mlp.`, config.mlpBias, ['down_proj', width, feedForward]),
      ];
    });
    return [
      weight('model.embed_tokens.weight', config.vocabulary, width),
      ...layers.flat(),
      still('model.norm.weight', width),
      ...(config.tied ? [] : [weight('lm_head.weight', config.vocabulary, width)]),
    ];
  },

  initialDeviation(name) {
    if (name.endsWith('.bias')) return 0;
    return name.includes('norm.') ? null : 0.02;
  },

  embed({ parameters }, ids) {
    return embed(under(parameters, 'model.').matrix('embed_tokens.weight'), ids);
  },

  block(pass, layer, x) {
    const { config, parameters, attend } = pass;
    const prefix = `model.layers.${layer}.`;
    const p = under(parameters, prefix);
    const paths = (...names: string[]) => names.map((name) => prefix + name);
    const first = norm(x, p.vector('input_layernorm.weight'), null, config.normEpsilon, 'rms');
    const projected = projectAll(pass, paths('self_attn.q_proj', 'self_attn.k_proj', 'self_attn.v_proj'), first);
    let [q, k, v] = projected as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D]; // [R, H·E], [R, G·E], [R, G·E]
    if (config.headNorms) {
      q = headNorm(q, p.vector('self_attn.q_norm.weight'), config);
      k = headNorm(k, p.vector('self_attn.k_norm.weight'), config);
    }
    if (pass.rope) [q, k] = rope(q, k, pass.rope, pass.positions, config);
    const attended = attend(layer, [q, k, v]);
    const between = projectOnto(pass, goingOn(pass, layer, x), `${prefix}self_attn.o_proj`, goingOn(pass, layer, attended));
    const second = norm(between, p.vector('post_attention_layernorm.weight'), null, config.normEpsilon, 'rms');
    const [gate, up] = projectAll(pass, paths('mlp.gate_proj', 'mlp.up_proj'), second) as [tf.Tensor2D, tf.Tensor2D];
    return projectOnto(pass, between, `${prefix}mlp.down_proj`, swiglu(gate, up)); // through [R, F]
  },

  finalNorm({ config, parameters }, x) {
    return norm(x, under(parameters, 'model.norm.').vector('weight'), null, config.normEpsilon, 'rms');
  },
};

/** RMSNorm over each head: [R, heads·E] as [R·heads, E]. */
function headNorm(x: tf.Tensor2D, gain: tf.Tensor1D, { headWidth, normEpsilon }: DecoderConfig): tf.Tensor2D {
  const rows: tf.Tensor2D = tf.reshape(x, [-1, headWidth]);
  return tf.reshape(norm(rows, gain, null, normEpsilon, 'rms'), x.shape);
}
