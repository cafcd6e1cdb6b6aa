import type { Tensor2D, TensorInfo } from '@tensorflow/tfjs-core';
import type { DecodeModel, Kernels, LayerCache } from '../../kernels.ts';
import { type Device, multiply } from '../device.ts';
import { seen } from './attention.ts';

/**
 * A whole step of decoding as kernel calls on plain memory: through tfjs, every op of a step this small would cost more in bookkeeping than in arithmetic.
 * All of a step's vectors lie in one temporary piece of heap.
 */
export function decodeKernels(device: Device): Pick<Kernels, 'decodeStep'> {
  return {
    decodeStep(model, caches, from, ids, positions) {
      const { width, vocabulary } = model.config;
      for (const id of ids) if (!(id >= 0 && id < vocabulary)) throw new RangeError(`id ${id} is not among the ${vocabulary} of the table`);
      const y = device.output<Tensor2D>([ids.length, width]);
      const room = roomOf(model, ids.length);
      device.pool.reserve(device.pool.attentionScratch(caches[0]!.keys.shape[1]) * 4);
      device.withTemporary(room.bytes, (base) => {
        const step = new Step(device, model, ids.length, (name) => base + room.places[name]);
        const words = new Int32Array(device.heap.memory.buffer, step.at('words'), 3 * ids.length);
        words.set(from);
        words.set(positions, ids.length);
        words.set(ids, 2 * ids.length);
        const rows = seen(from, positions, ids.length, caches[0]!.keys.shape[1]);
        if (model.config.architecture === 'gpt2') gpt2(step, caches, rows, device.address(y));
        else llama(step, caches, rows, device.address(y));
      });
      return y;
    },
  };
}

/** x: the residual stream; `out`: what is added to it; `qkv`, `wide`, `gate`: inside a block. `words`: from, positions and ids. */
const vectors = ['words', 'x', 'normed', 'statistics', 'qkv', 'attended', 'out', 'wide', 'gate'] as const;
type Vector = (typeof vectors)[number];

function roomOf({ config }: DecodeModel, rows: number): { places: Record<Vector, number>; bytes: number } {
  const { width, heads, groups, headWidth, feedForward } = config;
  const [queries, keys] = [heads * headWidth, groups * headWidth];
  const floats: Record<Vector, number> = {
    ...{ words: 3, x: width, normed: width, statistics: 2 * heads, qkv: queries + 2 * keys, attended: queries, out: width },
    ...{ wide: feedForward, gate: feedForward },
  };
  let bytes = 0;
  const places = {} as Record<Vector, number>;
  for (const name of vectors) {
    places[name] = bytes;
    bytes += Math.ceil((4 * rows * floats[name]) / 16) * 16;
  }
  return { places, bytes };
}

/** The ops of a step, on vectors by name or address. */
class Step {
  readonly config: DecodeModel['config'];
  readonly rows: number;
  readonly at: (name: Vector) => number;
  readonly #device: Device;
  readonly #model: DecodeModel;

  constructor(device: Device, model: DecodeModel, rows: number, at: (name: Vector) => number) {
    this.config = model.config;
    this.rows = rows;
    this.at = at;
    this.#device = device;
    this.#model = model;
  }

  get from(): number {
    return this.at('words');
  }
  get positions(): number {
    return this.from + 4 * this.rows;
  }
  get ids(): number {
    return this.positions + 4 * this.rows;
  }

  #weight(name: string): TensorInfo {
    return this.#model.parameters.get(name);
  }

  /** 0 where the model has none. */
  #optional(name: string): number {
    return this.#model.parameters.has(name) ? this.#device.address(this.#weight(name)) : 0;
  }

  embed(table: string, ids: number, y: number): void {
    const { width } = this.config;
    this.#run('embedForward', this.rows, this.rows * width, [this.#device.address(this.#weight(table)), ids, y, width]);
  }

  /** LayerNorm where there is a bias, else RMSNorm, over `rows` of `width`. */
  norm(x: number, name: string, y: number, rows = this.rows, width = this.config.width): void {
    const bias = this.#optional(`${name}.bias`);
    this.#run('normForward', rows, 3 * rows * width, [
      ...[x, this.#device.address(this.#weight(`${name}.weight`)), bias, y, this.at('statistics')],
      ...[width, this.config.normEpsilon, Number(this.config.architecture === 'gpt2')],
    ]);
  }

  linear(x: number, name: string, y: number): void {
    const weight = this.#weight(`${name}.weight`);
    const [rows, columns] = weight.shape as [number, number];
    const transposed = this.config.architecture !== 'gpt2';
    const [k, n] = transposed ? [columns, rows] : [rows, columns];
    const bias = this.#optional(`${name}.bias`);
    multiply(
      this.#device,
      { address: x, step: k, transposed: false },
      { address: this.#device.address(weight), step: columns, transposed },
      y,
      { m: this.rows, n, k },
      bias ? { bias } : {},
    );
  }

  rope(x: number, heads: number): void {
    const { cos, sin } = this.#model.rope!;
    const { headWidth } = this.config;
    const tables = [this.#device.address(cos), this.#device.address(sin), this.positions];
    this.#run('rope', this.rows, 2 * this.rows * heads * headWidth, [x, x, ...tables, heads, headWidth, 1]);
  }

  /** q, k and v with their rows `qRow` and `kRow` floats apart; `seen` cache rows in all. */
  attend(q: number, k: number, v: number, strides: { q: number; k: number }, { keys, values }: LayerCache, seen: number): void {
    const { heads, groups, headWidth } = this.config;
    this.#run('attentionDecode', this.rows * groups, 2 * heads * headWidth * seen, [
      ...[q, k, v, this.#device.address(keys), this.#device.address(values), this.from, this.positions, this.at('attended')],
      ...[strides.q, strides.k, keys.shape[1], heads, groups, headWidth],
    ]);
  }

  /** x += y over `width` floats a row. */
  add(x: number, y: number): void {
    const floats = this.rows * this.config.width;
    this.#run('addTo', floats, floats, [x, y], 64);
  }

  gelu(x: number): void {
    const floats = this.rows * this.config.feedForward;
    this.#run('geluForward', floats, 8 * floats, [x, x], 64);
  }

  /** gate = silu(gate)·up */
  swiglu(gate: number, up: number): void {
    const floats = this.rows * this.config.feedForward;
    this.#run('swigluForward', floats, 8 * floats, [gate, up, gate], 64);
  }

  #run(...[name, units, work, values, grain = 1]: [Parameters<Device['pool']['run']>[0], number, number, number[], number?]): void {
    this.#device.pool.run(name, { units, grain, work }, values);
  }
}

/** nn/gpt2.ts, block by block. */
function gpt2(step: Step, caches: readonly LayerCache[], seen: number, y: number): void {
  const { width } = step.config;
  const [x, normed, qkv, attended, out, wide] = (['x', 'normed', 'qkv', 'attended', 'out', 'wide'] as const).map((name) =>
    step.at(name),
  ) as [...[number, number, number, number, number, number]];
  step.embed('transformer.wte.weight', step.ids, x);
  step.embed('transformer.wpe.weight', step.positions, out);
  step.add(x, out);
  caches.forEach((cache, layer) => {
    const h = `transformer.h.${layer}.`;
    step.norm(x, `${h}ln_1`, normed);
    step.linear(normed, `${h}attn.c_attn`, qkv); // [B, 3D]
    step.attend(qkv, qkv + 4 * width, qkv + 8 * width, { q: 3 * width, k: 3 * width }, cache, seen);
    step.linear(attended, `${h}attn.c_proj`, out);
    step.add(x, out);
    step.norm(x, `${h}ln_2`, normed);
    step.linear(normed, `${h}mlp.c_fc`, wide);
    step.gelu(wide);
    step.linear(wide, `${h}mlp.c_proj`, out);
    step.add(x, out);
  });
  step.norm(x, 'transformer.ln_f', y);
}

/** nn/llama.ts, block by block. */
function llama(step: Step, caches: readonly LayerCache[], seen: number, y: number): void {
  const { heads, groups, headWidth, headNorms } = step.config;
  const { rows } = step;
  const [x, normed, q, attended, out, wide, gate] = (['x', 'normed', 'qkv', 'attended', 'out', 'wide', 'gate'] as const).map((name) =>
    step.at(name),
  ) as [...[number, number, number, number, number, number, number]];
  const k = q + 4 * rows * heads * headWidth;
  const v = k + 4 * rows * groups * headWidth;
  step.embed('model.embed_tokens.weight', step.ids, x);
  caches.forEach((cache, layer) => {
    const prefix = `model.layers.${layer}.`;
    const place = (vector: number, name: 'q' | 'k', count: number) => {
      step.linear(normed, `${prefix}self_attn.${name}_proj`, vector);
      if (headNorms) step.norm(vector, `${prefix}self_attn.${name}_norm`, vector, rows * count, headWidth);
      step.rope(vector, count);
    };
    step.norm(x, `${prefix}input_layernorm`, normed);
    place(q, 'q', heads);
    place(k, 'k', groups);
    step.linear(normed, `${prefix}self_attn.v_proj`, v);
    step.attend(q, k, v, { q: heads * headWidth, k: groups * headWidth }, cache, seen);
    step.linear(attended, `${prefix}self_attn.o_proj`, out);
    step.add(x, out);
    step.norm(x, `${prefix}post_attention_layernorm`, normed);
    step.linear(normed, `${prefix}mlp.gate_proj`, gate);
    step.linear(normed, `${prefix}mlp.up_proj`, wide);
    step.swiglu(gate, wide);
    step.linear(gate, `${prefix}mlp.down_proj`, out);
    step.add(x, out);
  });
  step.norm(x, 'model.norm', y);
}
