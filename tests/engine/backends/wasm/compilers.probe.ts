// Run by compilers.test.ts under each of V8's compilers: prints a hash of what the kernels compute.
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from '#engine/backends/kernels.ts';
import { openWasm } from '#engine/backends/wasm/open.ts';
import { array } from './numbers.ts';

const backend = await openWasm(1);
const kernels = backend.kernels as Kernels;
const hash = createHash('sha256');
const add = (...tensors: tf.Tensor[]) => {
  for (const tensor of tensors) hash.update(new Uint8Array(tensor.dataSync().slice().buffer));
};
const matrix = (rows: number, columns: number, seed: number) => tf.tensor2d(array(rows * columns, seed, 3), [rows, columns]);
const cube = (seed: number) => tf.tensor3d(array(3 * 37 * 12, seed, 2), [3, 37, 12]);

const [x, w, dy] = [matrix(37, 61, 1), matrix(61, 45, 2), matrix(37, 45, 3)];
add(kernels.linear(x, w, null, false));
const { dx, dw, db } = kernels.linearGradient(x, w, dy, false, { x: true, w: true, b: true });
add(dx!, dw!, db!);
const gain = tf.tensor1d(array(61, 4));
const { y: normed, statistics } = kernels.norm(x, gain, gain, 1e-5, 'layer');
const slopes = kernels.normGradient(x, gain, statistics, normed, 'layer');
add(normed, slopes.dx, slopes.dgain, slopes.dbias);
add(kernels.gelu(x), kernels.geluGradient(x, x), kernels.swiglu(x, x));
const [q, k, v, mask] = [cube(5), cube(6), cube(7), tf.ones<tf.Rank.R2>([3, 37], 'int32')];
const { y, saved } = kernels.attention(q, k, v, mask, 2, 2);
const { dq, dk, dv } = kernels.attentionGradient(q, k, v, mask, 2, 2, y, saved, q);
add(y, dq, dk, dv);
const targets = tf.zeros<tf.Rank.R1>([37], 'int32');
const { logProbs, entropy } = kernels.logProb(x, matrix(301, 61, 8), targets, 0.7);
const { dhidden, dhead } = kernels.logProbGradient(x, matrix(301, 61, 8), targets, 0.7, logProbs);
add(logProbs, entropy, dhidden, dhead!);
const [p, m, s] = [matrix(37, 61, 9), matrix(37, 61, 10), tf.square(matrix(37, 61, 11))];
kernels.adamw(p, x, m, s, { learningRate: 0.1, beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, c1: 0.1, c2: 0.05, scale: 0.3 });
add(p, m, s);
await backend.close();
console.log(hash.digest('hex'));
