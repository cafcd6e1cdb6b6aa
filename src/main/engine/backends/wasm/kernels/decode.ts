import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Decoding, DecodingModel, DecodingOptions, DecodingRows } from '../../decoding.ts';
import type { Kernels } from '../../kernels.ts';
import type { Device } from '../device.ts';
import { Ending, type NormWeights, type PackedMatrix, ProgramWriter } from './decode-program.ts';
import { PackedWeights } from './decode-weights.ts';

/** Decoding as programs of tasks (assembly/decode): a step is one call a thread, from token ids to logits or to the next ids. */
export function decodeKernels(device: Device): Pick<Kernels, 'openDecoding'> {
  return { openDecoding: (model, options) => new WasmDecoding(device, model, options) };
}

/** The matrices of a block: what the input is projected to, the attention's output, and the two of the MLP. */
interface Block {
  first: NormWeights;
  projections: PackedMatrix[];
  qGain: number;
  kGain: number;
  output: PackedMatrix;
  second: NormWeights;
  wide: PackedMatrix[];
  narrow: PackedMatrix;
}

class WasmDecoding implements Decoding {
  readonly #device: Device;
  readonly #model: DecodingModel;
  readonly #options: DecodingOptions;
  readonly #weights: PackedWeights;
  readonly #blocks: Block[];
  readonly #head: PackedMatrix;
  readonly #finalNorm: NormWeights;
  /** Caches [S, G, C, E] of layer l lie at #caches + 2l·(bytes of one). */
  readonly #caches: number;
  readonly #room: Room;
  /** Rows that the program in the heap is for, 0 before there is one. */
  #rows = 0;
  #scratchBytes = 0;

  constructor(device: Device, model: DecodingModel, options: DecodingOptions) {
    this.#device = device;
    this.#model = model;
    this.#options = options;
    this.#weights = new PackedWeights(device, model, options.weights);
    const allocated: number[] = [];
    try {
      this.#blocks = Array.from({ length: model.config.layers }, (_, layer) => this.#block(layer));
      this.#head = this.#weights.head();
      this.#finalNorm = this.#norm(model.config.architecture === 'gpt2' ? 'transformer.ln_f' : 'model.norm');
      this.#caches = device.heap.allocate(2 * model.config.layers * this.#cacheBytes);
      allocated.push(this.#caches);
      this.#room = roomOf(model, options.slots, (bytes) => device.heap.allocate(bytes));
    } catch (error) {
      for (const address of allocated) device.heap.free(address);
      this.#weights.dispose();
      throw error;
    }
  }

  store(layer: number, keys: Tensor2D, values: Tensor2D, slots: Int32Array): void {
    const { groups, headWidth } = this.#model.config;
    const time = keys.shape[0] / slots.length;
    new Int32Array(this.#device.heap.memory.buffer, this.#room.words, slots.length).set(slots);
    [keys, values].forEach((tensor, part) => {
      this.#device.pool.run('storePrompts', { units: slots.length * groups, work: tensor.size }, [
        ...[this.#device.address(tensor), this.#room.words, this.#cache(layer, part as 0 | 1)],
        ...[time, this.#options.capacity, groups, headWidth],
      ]);
    });
  }

  logits(rows: DecodingRows): Float32Array {
    const count = this.#enter(rows);
    this.#device.pool.runProgram(this.#room.program, this.#scratchBytes);
    const { logits } = this.#room;
    return new Float32Array(this.#device.heap.memory.buffer, logits, count * this.#model.config.vocabulary);
  }

  draw(rows: DecodingRows, uniforms: Float64Array, temperature: number): Int32Array {
    const count = this.#enter(rows);
    const { buffer } = this.#device.heap.memory;
    const room = this.#room;
    new Float64Array(buffer, room.uniforms, count).set(uniforms.subarray(0, count));
    new Float64Array(buffer, room.inverse, 1)[0] = 1 / temperature;
    this.#device.pool.runProgram(room.drawing, this.#scratchBytes);
    return new Int32Array(buffer, room.drawn, count);
  }

  dispose(): void {
    this.#weights.dispose();
    this.#device.heap.free(this.#caches);
    this.#device.heap.free(this.#room.base);
  }

  get #cacheBytes(): number {
    const { groups, headWidth } = this.#model.config;
    return 4 * this.#options.slots * this.#options.capacity * groups * headWidth;
  }

  #cache(layer: number, part: 0 | 1): number {
    return this.#caches + (2 * layer + part) * this.#cacheBytes;
  }

  /** Writes a step's rows, after checking that they stay within table and caches: the kernels do not. → how many there are */
  #enter({ slots, ids, positions }: DecodingRows): number {
    const { vocabulary } = this.#model.config;
    const rows = ids.length;
    if (rows === 0 || rows > this.#options.slots) throw new RangeError(`${rows} rows, but there are ${this.#options.slots} slots`);
    for (let i = 0; i < rows; i++) {
      if (!(ids[i]! >= 0 && ids[i]! < vocabulary)) throw new RangeError(`id ${ids[i]} is not among the ${vocabulary} of the table`);
      if (!(slots[i]! >= 0 && slots[i]! < this.#options.slots)) throw new RangeError(`there is no slot ${slots[i]}`);
      if (!(positions[i]! >= 0 && positions[i]! < this.#options.capacity))
        throw new RangeError(`position ${positions[i]} is outside the cache`);
    }
    if (rows !== this.#rows) this.#writePrograms(rows);
    const words = new Int32Array(this.#device.heap.memory.buffer, this.#room.words, 3 * rows);
    words.set(slots);
    words.set(ids, rows);
    words.set(positions, 2 * rows);
    return rows;
  }

  /** The program to the logits, and the one that draws as well: the same with one task more. */
  #writePrograms(rows: number): void {
    const { vocabulary } = this.#model.config;
    const room = this.#room;
    const { heap, pool } = this.#device;
    const [plain, drawing] = [room.program, room.drawing].map((address) => new ProgramWriter(heap.memory, address, rows, pool.threads));
    this.#step(plain!, rows);
    this.#step(drawing!, rows);
    drawing!.draw(room.logits, room.uniforms, room.drawn, room.inverse, vocabulary);
    this.#scratchBytes = drawing!.scratchBytes;
    this.#rows = rows;
  }

  #step(program: ProgramWriter, rows: number): void {
    const { config, parameters, rope } = this.#model;
    const { heads, groups, headWidth, width, normEpsilon: epsilon } = config;
    const { x, qkv, attended, wide, logits, words } = this.#room;
    const [slots, ids, positions] = [words, words + 4 * rows, words + 8 * rows];
    const gpt2 = config.architecture === 'gpt2';
    const norm = { epsilon, centered: gpt2 };
    const table = (name: string) => this.#device.address(parameters.get(name));
    if (gpt2) program.embed(table('transformer.wte.weight'), ids, table('transformer.wpe.weight'), positions, x, width);
    else program.embed(table('model.embed_tokens.weight'), ids, 0, positions, x, width);
    this.#blocks.forEach((block, layer) => {
      program.linear(x, block.first, block.projections, qkv, Ending.PLAIN, norm);
      program.attend({
        ...{ qkv, keys: this.#cache(layer, 0), values: this.#cache(layer, 1), slots, positions, y: attended },
        ...{ capacity: this.#options.capacity, heads, groups, headWidth },
        ...{ cos: rope ? this.#device.address(rope.cos) : 0, sin: rope ? this.#device.address(rope.sin) : 0 },
        ...{ qGain: block.qGain, kGain: block.kGain, epsilon },
      });
      program.linear(attended, null, [block.output], x, Ending.ADD, norm);
      program.linear(x, block.second, block.wide, wide, gpt2 ? Ending.GELU : Ending.SWIGLU, norm);
      program.linear(wide, null, [block.narrow], x, Ending.ADD, norm);
    });
    program.linear(x, this.#finalNorm, [this.#head], logits, Ending.PLAIN, norm);
  }

  #norm(name: string): NormWeights {
    const { parameters } = this.#model;
    const bias = parameters.has(`${name}.bias`) ? this.#device.address(parameters.get(`${name}.bias`)) : 0;
    return { gain: this.#device.address(parameters.get(`${name}.weight`)), bias };
  }

  #block(layer: number): Block {
    const { config } = this.#model;
    const linear = (name: string) => this.#weights.linear(name);
    if (config.architecture === 'gpt2') {
      const h = `transformer.h.${layer}.`;
      return {
        ...{ first: this.#norm(`${h}ln_1`), projections: [linear(`${h}attn.c_attn`)], qGain: 0, kGain: 0 },
        ...{ output: linear(`${h}attn.c_proj`), second: this.#norm(`${h}ln_2`) },
        ...{ wide: [linear(`${h}mlp.c_fc`)], narrow: linear(`${h}mlp.c_proj`) },
      };
    }
    const prefix = `model.layers.${layer}.`;
    const self = `${prefix}self_attn.`;
    return {
      first: this.#norm(`${prefix}input_layernorm`),
      projections: ['q_proj', 'k_proj', 'v_proj'].map((name) => linear(self + name)),
      qGain: config.headNorms ? this.#norm(`${self}q_norm`).gain : 0,
      kGain: config.headNorms ? this.#norm(`${self}k_norm`).gain : 0,
      output: linear(`${self}o_proj`),
      second: this.#norm(`${prefix}post_attention_layernorm`),
      wide: ['gate_proj', 'up_proj'].map((name) => linear(`${prefix}mlp.${name}`)),
      narrow: linear(`${prefix}mlp.down_proj`),
    };
  }
}

/** Addresses of what a step works on: vectors of all rows, the words that say which rows these are, and the two programs. */
interface Room {
  base: number;
  /** slots, ids and positions. */
  words: number;
  x: number;
  qkv: number;
  attended: number;
  wide: number;
  logits: number;
  uniforms: number;
  inverse: number;
  drawn: number;
  program: number;
  drawing: number;
}

function roomOf({ config }: DecodingModel, slots: number, allocate: (bytes: number) => number): Room {
  const { width, heads, groups, headWidth, feedForward, vocabulary, layers } = config;
  const tasks = ProgramWriter.bytesOf(3 + 5 * layers);
  const bytes: Omit<Room, 'base'> = {
    ...{ words: 12 * slots, x: 4 * slots * width, qkv: 4 * slots * (heads + 2 * groups) * headWidth },
    ...{ attended: 4 * slots * heads * headWidth, wide: 4 * slots * feedForward, logits: 4 * slots * vocabulary },
    ...{ uniforms: 8 * slots, inverse: 8, drawn: 4 * slots, program: tasks, drawing: tasks },
  };
  const names = Object.keys(bytes) as (keyof typeof bytes)[];
  const whole = names.reduce((sum, name) => sum + Math.ceil(bytes[name] / 64) * 64, 64);
  const base = allocate(whole);
  let next = Math.ceil(base / 64) * 64;
  const places = { base } as Room;
  for (const name of names) {
    places[name] = next;
    next += Math.ceil(bytes[name] / 64) * 64;
  }
  return places;
}
