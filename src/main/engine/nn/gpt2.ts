import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, under } from './architecture.ts';
import { gelu } from './ops/activation.ts';
import { embed } from './ops/embed.ts';
import { linear } from './ops/linear.ts';
import { norm } from './ops/norm.ts';

/** GPT-2 (Radford et al. 2019): learned positions, LayerNorm first, biases everywhere; weights are Conv1D's [in, out]. */
export const gpt2: Architecture = {
  tokenEmbedding: 'transformer.wte.weight',

  shapes(config) {
    const { width, feedForward } = config;
    const weight = (name: string, ...shape: number[]) => ({ name, shape, decay: true });
    const still = (name: string, length: number) => ({ name, shape: [length], decay: false });
    const layers = Array.from({ length: config.layers }, (_, layer) => {
      const h = `transformer.h.${layer}.`;
      return [
        still(`${h}ln_1.weight`, width),
        still(`${h}ln_1.bias`, width),
        weight(`${h}attn.c_attn.weight`, width, 3 * width),
        still(`${h}attn.c_attn.bias`, 3 * width),
        weight(`${h}attn.c_proj.weight`, width, width),
        still(`${h}attn.c_proj.bias`, width),
        still(`${h}ln_2.weight`, width),
        still(`${h}ln_2.bias`, width),
        weight(`${h}mlp.c_fc.weight`, width, feedForward),
        still(`${h}mlp.c_fc.bias`, feedForward),
        weight(`${h}mlp.c_proj.weight`, feedForward, width),
        still(`${h}mlp.c_proj.bias`, width),
      ];
    });
    return [
      weight('transformer.wte.weight', config.vocabulary, width),
      weight('transformer.wpe.weight', config.positions, width),
      ...layers.flat(),
      still('transformer.ln_f.weight', width),
      still('transformer.ln_f.bias', width),
      ...(config.tied ? [] : [weight('lm_head.weight', config.vocabulary, width)]),
    ];
  },

  /** Radford et al.: 0.02, and 0.02/√(2·layers) for what is added to the residual stream. */
  initialDeviation(name, { layers }) {
    if (name.endsWith('.bias')) return 0;
    if (name.includes('.ln_')) return null;
    return name.endsWith('c_proj.weight') ? 0.02 / Math.sqrt(2 * layers) : 0.02;
  },

  embed({ parameters, positions }, ids) {
    const p = under(parameters, 'transformer.');
    const places: tf.Tensor1D = tf.reshape(positions, [-1]);
    return tf.add(embed(p.matrix('wte.weight'), ids), embed(p.matrix('wpe.weight'), places));
  },

  block({ config, parameters, attend }, layer, x) {
    const p = under(parameters, `transformer.h.${layer}.`);
    const first = norm(x, p.vector('ln_1.weight'), p.vector('ln_1.bias'), config.normEpsilon, 'layer');
    const qkv = linear(first, p.matrix('attn.c_attn.weight'), p.bias('attn.c_attn.bias'), false); // [R, 3D]
    const attended = attend(layer, [qkv]);
    const between: tf.Tensor2D = tf.add(x, linear(attended, p.matrix('attn.c_proj.weight'), p.bias('attn.c_proj.bias'), false));
    const second = norm(between, p.vector('ln_2.weight'), p.vector('ln_2.bias'), config.normEpsilon, 'layer');
    const wide = gelu(linear(second, p.matrix('mlp.c_fc.weight'), p.bias('mlp.c_fc.bias'), false)); // [R, 4D]
    return tf.add(between, linear(wide, p.matrix('mlp.c_proj.weight'), p.bias('mlp.c_proj.bias'), false));
  },

  finalNorm({ config, parameters }, x) {
    const p = under(parameters, 'transformer.ln_f.');
    return norm(x, p.vector('weight'), p.vector('bias'), config.normEpsilon, 'layer');
  },
};
