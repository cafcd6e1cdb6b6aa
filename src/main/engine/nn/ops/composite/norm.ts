import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

/**
 * LayerNorm (Ba et al. 2016): y = (x − μ)/√(σ² + ε) · gain + bias. RMSNorm (Zhang & Sennrich 2019): the same with μ = 0 and no bias.
 * With x̂ the normalized row and t = dy·gain: dx = (t − mean(t) − x̂·mean(t·x̂))/deviation, without mean(t) for RMSNorm.
 */
export const norm: Pick<Kernels, 'norm' | 'normGradient'> = {
  norm: (x, gain, bias, epsilon, kind) => {
    const [y, statistics] = tf.tidy(() => {
      const mean = kind === 'layer' ? tf.mean(x, 1, true) : tf.zeros([x.shape[0], 1]); // [R, 1]
      const centered = tf.sub(x, mean);
      const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centered), 1, true), epsilon)); // [R, 1]
      const scaled = tf.mul(tf.mul(centered, inverse), gain);
      return [(bias ? tf.add(scaled, bias) : scaled) as tf.Tensor2D, tf.concat([mean, inverse], 1) as tf.Tensor2D];
    });
    return { y, statistics };
  },

  normGradient: (x, gain, statistics, dy, kind) => {
    const [dx, dgain, dbias] = tf.tidy(() => {
      const [mean, inverse] = tf.split(statistics, 2, 1) as [tf.Tensor2D, tf.Tensor2D]; // [R, 1] each
      const normalized = tf.mul(tf.sub(x, mean), inverse); // x̂ [R, D]
      const t = tf.mul(dy, gain);
      const along = tf.mul(normalized, tf.mean(tf.mul(t, normalized), 1, true));
      const rest = kind === 'layer' ? tf.sub(t, tf.mean(t, 1, true)) : t;
      return [
        tf.mul(tf.sub(rest, along), inverse) as tf.Tensor2D,
        tf.sum(tf.mul(dy, normalized), 0) as tf.Tensor1D,
        tf.sum(dy, 0) as tf.Tensor1D,
      ];
    });
    return { dx, dgain, dbias };
  },
};
