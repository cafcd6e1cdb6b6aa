import type { Tensor3D } from '@tensorflow/tfjs-core';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { type Program, program } from '../program.ts';
import { BLOCK, headText, keysToTile, queryPlace } from './attention-text.ts';

/** Below every score, and finite. */
const NEVER = '-1e30';

/**
 * FlashAttention-2 (Dao 2023), a lane a query: keys and values pass through workgroup memory tile by tile while the lane keeps its running maximum, sum and
 * weighted values, so nothing of [B, H, T, T] exists. `state` [B, H, T, 2] holds log Σ e^score for the gradient, and room for its Σ dy∘y.
 */
function forward(headWidth: number): Program {
  const { vectors, tile, load, store } = headText(headWidth);
  return program({
    name: `attention of width ${headWidth}`,
    reads: ['q', 'k', 'v', 'mask: i32'],
    writes: ['y', 'state'],
    integers: ['time', 'heads', 'groupsOfKeys'],
    floats: ['scale'],
    lanes: BLOCK,
    declarations: `
var<workgroup> tileKeys: array<vec4f, ${tile * vectors}>;
var<workgroup> tileValues: array<vec4f, ${tile * vectors}>;
var<workgroup> seen: array<bool, ${tile}>;
${['q', 'k', 'v'].map(load).join('\n')}
${store('y')}`,
    body: `${queryPlace(headWidth)}
  var query: array<vec4f, ${vectors}>;
  var sums: array<vec4f, ${vectors}>;
  if (inside) { for (var c = 0u; c < ${vectors}u; c++) { query[c] = load_q(queryAt, c) * u.scale; } }
  var largest = ${NEVER};
  var total = 0.0;
  for (var start = 0u; start < end; start += ${tile}u) {
${keysToTile(tile, vectors)}
    for (var x = 0u; x < ${tile}u; x++) {
      if (!inside || start + x > i || !seen[x]) { continue; }
      var score = 0.0;
      for (var c = 0u; c < ${vectors}u; c++) { score += dot(query[c], tileKeys[x * ${vectors}u + c]); }
      let larger = max(largest, score);
      let kept = exp(largest - larger);
      let weight = exp(score - larger);
      total = total * kept + weight;
      for (var c = 0u; c < ${vectors}u; c++) { sums[c] = sums[c] * kept + weight * tileValues[x * ${vectors}u + c]; }
      largest = larger;
    }
    workgroupBarrier();
  }
  if (inside) {
    let share = select(0.0, 1.0 / total, total > 0.0);
    for (var c = 0u; c < ${vectors}u; c++) { store_y(queryAt, c, sums[c] * share); }
    let at = 2u * ((b * u.heads + h) * u.time + i);
    state[at] = select(0.0, largest + log(total), total > 0.0);
    state[at + 1u] = 0.0;
  }`,
  });
}

/** A lane a query: δ = Σ dy∘y into `state`, then dS = P∘(dy·vᵀ − δ)·scale and dq = dS·k. */
function queryGradient(headWidth: number): Program {
  const { vectors, tile, load, store } = headText(headWidth);
  return program({
    name: `attention gradient of q, width ${headWidth}`,
    reads: ['q', 'k', 'v', 'mask: i32', 'y', 'dy'],
    writes: ['state', 'dq'],
    integers: ['time', 'heads', 'groupsOfKeys'],
    floats: ['scale'],
    lanes: BLOCK,
    declarations: `
var<workgroup> tileKeys: array<vec4f, ${tile * vectors}>;
var<workgroup> tileValues: array<vec4f, ${tile * vectors}>;
var<workgroup> seen: array<bool, ${tile}>;
${['q', 'k', 'v', 'y', 'dy'].map(load).join('\n')}
${store('dq')}`,
    body: `${queryPlace(headWidth)}
  var query: array<vec4f, ${vectors}>;
  var slope: array<vec4f, ${vectors}>;
  var sums: array<vec4f, ${vectors}>;
  let at = 2u * ((b * u.heads + h) * u.time + min(i, u.time - 1u));
  var delta = 0.0;
  if (inside) {
    for (var c = 0u; c < ${vectors}u; c++) {
      query[c] = load_q(queryAt, c) * u.scale;
      slope[c] = load_dy(queryAt, c);
      delta += dot(slope[c], load_y(queryAt, c));
    }
    state[at + 1u] = delta;
  }
  let logSum = state[at];
  for (var start = 0u; start < end; start += ${tile}u) {
${keysToTile(tile, vectors)}
    for (var x = 0u; x < ${tile}u; x++) {
      if (!inside || start + x > i || !seen[x]) { continue; }
      var score = 0.0;
      var dp = 0.0;
      for (var c = 0u; c < ${vectors}u; c++) {
        score += dot(query[c], tileKeys[x * ${vectors}u + c]);
        dp += dot(slope[c], tileValues[x * ${vectors}u + c]);
      }
      let ds = exp(score - logSum) * (dp - delta) * u.scale;
      for (var c = 0u; c < ${vectors}u; c++) { sums[c] += ds * tileKeys[x * ${vectors}u + c]; }
    }
    workgroupBarrier();
  }
  if (inside) { for (var c = 0u; c < ${vectors}u; c++) { store_dq(queryAt, c, sums[c]); } }`,
  });
}

/** A lane a key: dk = dSᵀ·q and dv = Pᵀ·dy over the queries of every head of its group that see it. */
function keyGradient(headWidth: number): Program {
  const { vectors, tile, load, store } = headText(headWidth);
  return program({
    name: `attention gradient of k and v, width ${headWidth}`,
    reads: ['q', 'k', 'v', 'mask: i32', 'dy', 'state'],
    writes: ['dk', 'dv'],
    integers: ['time', 'heads', 'groupsOfKeys'],
    floats: ['scale'],
    lanes: BLOCK,
    declarations: `
var<workgroup> tileQueries: array<vec4f, ${tile * vectors}>;
var<workgroup> tileSlopes: array<vec4f, ${tile * vectors}>;
var<workgroup> logSums: array<f32, ${tile}>;
var<workgroup> deltas: array<f32, ${tile}>;
${['q', 'k', 'v', 'dy'].map(load).join('\n')}
${['dk', 'dv'].map(store).join('\n')}`,
    body: `
  let blocks = (u.time + ${BLOCK - 1}u) / ${BLOCK}u;
  let block = group % blocks;
  let g = group / blocks % u.groupsOfKeys;
  let b = group / blocks / u.groupsOfKeys;
  let j = block * ${BLOCK}u + lane;
  let keyAt = ((b * u.time + j) * u.groupsOfKeys + g) * ${headWidth}u;
  let isSeen = j < u.time && mask[b * u.time + min(j, u.time - 1u)] != 0;
  let repeats = u.heads / u.groupsOfKeys;
  var key: array<vec4f, ${vectors}>;
  var value: array<vec4f, ${vectors}>;
  var keySums: array<vec4f, ${vectors}>;
  var valueSums: array<vec4f, ${vectors}>;
  if (isSeen) { for (var c = 0u; c < ${vectors}u; c++) { key[c] = load_k(keyAt, c) * u.scale; value[c] = load_v(keyAt, c); } }
  for (var h = g * repeats; h < (g + 1u) * repeats; h++) {
    for (var start = block * ${BLOCK}u; start < u.time; start += ${tile}u) {
      for (var x = lane; x < ${tile * vectors}u; x += ${BLOCK}u) {
        let i = start + x / ${vectors}u;
        if (i < u.time) {
          let queryAt = ((b * u.time + i) * u.heads + h) * ${headWidth}u;
          tileQueries[x] = load_q(queryAt, x % ${vectors}u);
          tileSlopes[x] = load_dy(queryAt, x % ${vectors}u);
        }
      }
      for (var x = lane; x < ${tile}u; x += ${BLOCK}u) {
        let at = 2u * ((b * u.heads + h) * u.time + min(start + x, u.time - 1u));
        logSums[x] = state[at];
        deltas[x] = state[at + 1u];
      }
      workgroupBarrier();
      for (var x = 0u; x < ${tile}u; x++) {
        if (!isSeen || start + x < j || start + x >= u.time) { continue; }
        var score = 0.0;
        var dp = 0.0;
        for (var c = 0u; c < ${vectors}u; c++) {
          score += dot(key[c], tileQueries[x * ${vectors}u + c]);
          dp += dot(value[c], tileSlopes[x * ${vectors}u + c]);
        }
        let p = exp(score - logSums[x]);
        let ds = p * (dp - deltas[x]) * u.scale;
        for (var c = 0u; c < ${vectors}u; c++) {
          keySums[c] += ds * tileQueries[x * ${vectors}u + c];
          valueSums[c] += p * tileSlopes[x * ${vectors}u + c];
        }
      }
      workgroupBarrier();
    }
  }
  if (j < u.time) { for (var c = 0u; c < ${vectors}u; c++) { store_dk(keyAt, c, keySums[c]); store_dv(keyAt, c, valueSums[c]); } }`,
  });
}

/** Causal attention and its gradient, in three dispatches. */
export function attentionKernels(device: Device): Pick<Kernels, 'attention' | 'attentionGradient'> {
  const programs = new Map<number, { forward: Program; queries: Program; keys: Program }>();
  const ofWidth = (headWidth: number) => {
    const known = programs.get(headWidth) ?? {
      forward: forward(headWidth),
      queries: queryGradient(headWidth),
      keys: keyGradient(headWidth),
    };
    programs.set(headWidth, known);
    return known;
  };
  return {
    attention(q, k, v, mask, heads, groups) {
      const [batch, time, width] = q.shape;
      const headWidth = width / heads;
      const y = device.output<Tensor3D>(q.shape);
      const state = device.output([batch, heads, time, 2]);
      const sizes = { time, heads, groupsOfKeys: groups, scale: 1 / Math.sqrt(headWidth) };
      device.run(ofWidth(headWidth).forward, [q, k, v, mask, y, state], sizes, batch * heads * Math.ceil(time / BLOCK));
      return { y, saved: [state] };
    },

    attentionGradient(q, k, v, mask, heads, groups, y, [state], dy) {
      const [batch, time, width] = q.shape;
      const headWidth = width / heads;
      const { queries, keys } = ofWidth(headWidth);
      const sizes = { time, heads, groupsOfKeys: groups, scale: 1 / Math.sqrt(headWidth) };
      const blocks = Math.ceil(time / BLOCK);
      const dq = device.output<Tensor3D>(q.shape);
      const dk = device.output<Tensor3D>(k.shape);
      const dv = device.output<Tensor3D>(v.shape);
      device.run(queries, [q, k, v, mask, y, dy, state!, dq], sizes, batch * heads * blocks);
      device.run(keys, [q, k, v, mask, dy, state!, dk, dv], sizes, batch * groups * blocks);
      return { dq, dk, dv };
    },
  };
}
