import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '../../../backends/kernels.ts';

/** Large enough to vanish in softmax, small enough that float32 stays finite. */
const never = -1e9;

/** Scaled dot-product attention (Vaswani et al. 2017), H query heads over G groups of keys and values (Ainslie et al. 2023), without repeating k and v. */
export const attention: Pick<Kernels, 'attention' | 'attentionGradient' | 'decodeAttention'> = {
  attention: (q, k, v, mask, heads, groups) => {
    const [y, p] = tf.tidy(() => {
      const [batch, time] = mask.shape;
      const bias = causalBias(mask); // [B, 1, T, T]
      const raw = tf.matMul(split(q, groups, heads / groups), split(k, groups, 1), false, true); // [B·G, rep·T, T]
      const scores = tf.add(tf.reshape(tf.mul(raw, scaleOf(q, heads)), [batch, heads, time, time]), bias);
      const p = tf.reshape(tf.softmax(scores), [batch * groups, (heads / groups) * time, time]);
      return [join(tf.matMul(p, split(v, groups, 1)) as tf.Tensor3D, batch, groups, time), p];
    });
    return { y, saved: [p] };
  },

  /** dP = dy·vᵀ, dS = P∘(dP − Σ dP∘P), dq = dS·k, dk = dSᵀ·q, dv = Pᵀ·dy. */
  attentionGradient: (q, k, v, mask, heads, groups, _y, saved, dy) => {
    const [dq, dk, dv] = tf.tidy(() => {
      const [batch, time] = mask.shape;
      const p = saved[0] as tf.Tensor3D; // [B·G, rep·T, T]
      const [qs, ks, vs, dys] = [
        split(q, groups, heads / groups),
        split(k, groups, 1),
        split(v, groups, 1),
        split(dy, groups, heads / groups),
      ];
      const dp = tf.matMul(dys, vs, false, true);
      const ds = tf.mul(tf.mul(p, tf.sub(dp, tf.sum(tf.mul(dp, p), 2, true))), scaleOf(q, heads)) as tf.Tensor3D;
      return [
        join(tf.matMul(ds, ks), batch, groups, time),
        join(tf.matMul(ds, qs, true, false), batch, groups, time),
        join(tf.matMul(p, dys, true, false), batch, groups, time),
      ];
    });
    return { dq, dk, dv };
  },

  decodeAttention: (q, k, v, keys, values, from, position, heads, groups) =>
    tf.tidy(() => {
      const [batch, capacity] = keys.shape;
      write(keys, k, position);
      write(values, v, position);
      const bias = new Float32Array(batch * capacity);
      for (let b = 0; b < batch; b++) {
        for (let c = 0; c < capacity; c++) bias[b * capacity + c] = c >= from[b]! && c <= position[b]! ? 0 : never;
      }
      const query = split(tf.reshape(q, [batch, 1, q.shape[1]]), groups, heads / groups); // [B·G, rep, E]
      const raw = tf.mul(tf.matMul(query, split(keys, groups, 1), false, true), scaleOf(q, heads)); // [B·G, rep, C]
      const scores = tf.add(tf.reshape(raw, [batch, heads, capacity]), tf.tensor(bias, [batch, 1, capacity]));
      const p = tf.reshape(tf.softmax(scores), [batch * groups, heads / groups, capacity]);
      return tf.reshape(join(tf.matMul(p, split(values, groups, 1)) as tf.Tensor3D, batch, groups, 1), [batch, q.shape[1]]);
    }),
};

function scaleOf(q: tf.Tensor, heads: number): number {
  return 1 / Math.sqrt(q.shape.at(-1)! / heads);
}

/** [B, T, G·rep·E] → [B·G, rep·T, E]. */
function split(x: tf.Tensor3D, groups: number, repeats: number): tf.Tensor3D {
  const [batch, time, width] = x.shape;
  const each = width / groups / repeats;
  const parts = tf.transpose(tf.reshape(x, [batch, time, groups * repeats, each]), [0, 2, 1, 3]); // [B, G·rep, T, E]
  return tf.reshape(parts, [batch * groups, repeats * time, each]);
}

/** [B·G, rep·T, E] → [B, T, G·rep·E]. */
function join(x: tf.Tensor3D, batch: number, groups: number, time: number): tf.Tensor3D {
  const each = x.shape[2];
  const heads = groups * (x.shape[1] / time);
  return tf.reshape(tf.transpose(tf.reshape(x, [batch, heads, time, each]), [0, 2, 1, 3]), [batch, time, heads * each]);
}

/** 0 where key j may be seen from query i (j ≤ i and not padding), else very negative. [B, 1, T, T] */
function causalBias(mask: tf.Tensor2D): tf.Tensor4D {
  const [batch, time] = mask.shape;
  const steps = tf.range(0, time, 1, 'int32');
  const seen = tf.cast(tf.lessEqual(tf.reshape(steps, [1, time]), tf.reshape(steps, [time, 1])), 'float32'); // [T, T]
  const keys = tf.cast(tf.reshape(mask, [batch, 1, 1, time]), 'float32');
  return tf.mul(tf.sub(1, tf.mul(tf.reshape(seen, [1, 1, time, time]), keys)), never);
}

/** Row `position[b]` of each cache becomes `row` [B, W]. Caches are variables, since a composite cannot write in place. */
function write(cache: tf.Tensor3D, row: tf.Tensor2D, position: Int32Array): void {
  const [batch, capacity, width] = cache.shape;
  const at = tf.reshape(tf.cast(tf.oneHot(tf.tensor1d(position, 'int32'), capacity), 'float32'), [batch, capacity, 1]);
  const written = tf.add(tf.mul(cache, tf.sub(1, at)), tf.mul(tf.reshape(row, [batch, 1, width]), at));
  (cache as tf.Variable<tf.Rank.R3>).assign(written as tf.Tensor3D);
}
