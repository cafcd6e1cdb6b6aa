import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, goingOn, project, projectOnto, under } from './architecture.ts';
import { gelu } from './ops/activation.ts';
import { embed } from './ops/embed.ts';
import { norm } from './ops/norm.ts';

/** GPT-2 (Radford et al. 2019): learned positions, LayerNorm first, biases everywhere; weights are Conv1D's [in, out]. */
export const gpt2: Architecture = {
  tokenEmbedding: 'transformer.wte.weight',
  linears: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'],
  blockPrefix: (layer) => `transformer.h.${layer}.`,

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

  block(pass, layer, x) {
    const { config, parameters, attend } = pass;
    const prefix = `transformer.h.${layer}.`;
    const p = under(parameters, prefix);
    const first = norm(x, p.vector('ln_1.weight'), p.vector('ln_1.bias'), config.normEpsilon, 'layer');
    const qkv = project(pass, `${prefix}attn.c_attn`, first); // [R, 3D]
    const attended = attend(layer, [qkv]);
    const between = projectOnto(pass, goingOn(pass, layer, x), `${prefix}attn.c_proj`, goingOn(pass, layer, attended));
    const second = norm(between, p.vector('ln_2.weight'), p.vector('ln_2.bias'), config.normEpsilon, 'layer');
    const wide = gelu(project(pass, `${prefix}mlp.c_fc`, second)); // [R, 4D]
    return projectOnto(pass, between, `${prefix}mlp.c_proj`, wide);
  },

  finalNorm({ config, parameters }, x) {
    const p = under(parameters, 'transformer.ln_f.');
    return norm(x, p.vector('weight'), p.vector('bias'), config.normEpsilon, 'layer');
  },
};
