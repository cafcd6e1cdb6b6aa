/** As in assembly/decode/tasks.ts: codes of tasks, endings of linear ones, bytes from task to task, and where a linear task's segments begin. */
const Code = { END: 0, EMBED: 1, LINEAR: 2, ATTEND: 3, DRAW: 4 } as const;
export const Ending = { PLAIN: 0, GELU: 1, ADD: 2, SWIGLU: 3 } as const;
const TASK_WORDS = 32;
/** Outputs of a packed panel: a tile's are a multiple of it. */
export const PANEL = 16;
/** Multiply-adds of a tile, some 2 µs and at most 8: large against the taking of one, and small against a task. */
const LEAST_WORK = 100_000;
const MOST_WORK = 400_000;
/** Tiles a thread, where a task has work for so many. */
const TILES_A_THREAD = 4;
/** What a ticket can count. */
const MOST_TILES = 60_000;

/** A packed matrix [outputs, inputs] with its bias (0: none); `scales` and `sums` are 0 for float32. */
export interface PackedMatrix {
  address: number;
  inputs: number;
  outputs: number;
  bias: number;
  scales: number;
  sums: number;
}

/** Gain and bias (0: none) of a norm. */
export interface NormWeights {
  gain: number;
  bias: number;
}

/** Writes the tasks of one step into the heap, in the order of assembly/decode/tasks.ts, and counts the scratch memory that they need. */
export class ProgramWriter {
  readonly #memory: WebAssembly.Memory;
  readonly #address: number;
  readonly #rows: number;
  readonly #threads: number;
  #tasks = 0;
  scratchBytes = 0;

  /** `address`: room for `bytesOf(tasks)`. */
  constructor(memory: WebAssembly.Memory, address: number, rows: number, threads: number) {
    this.#memory = memory;
    this.#address = address;
    this.#rows = rows;
    this.#threads = threads;
  }

  /** Bytes of a program of so many tasks. */
  static bytesOf(tasks: number): number {
    return (tasks + 1) * TASK_WORDS * 4;
  }

  /** x [R, width] = table[ids] + places[positions]; `places` may be 0. */
  embed(table: number, ids: number, places: number, positions: number, x: number, width: number): void {
    this.#write(Code.EMBED, 1, [table, ids, places, positions, x, width]);
  }

  /**
   * y = ending(norm(x)·matricesᵀ + biases), the outputs of the matrices side by side; for SWIGLU there are two, and their outputs become one.
   * `norm` null: x as it is.
   */
  linear(
    x: number,
    norm: NormWeights | null,
    matrices: readonly PackedMatrix[],
    y: number,
    ending: number,
    { epsilon, centered }: { epsilon: number; centered: boolean },
  ): void {
    const inputs = matrices[0]!.inputs;
    const pair = ending === Ending.SWIGLU;
    const outputs = (pair ? matrices.slice(0, 1) : matrices).map((matrix) => matrix.outputs);
    const span = outputs.reduce((sum, count) => sum + count, 0);
    const workOfColumn = this.#rows * inputs * (pair ? 2 : 1);
    const work = Math.min(MOST_WORK, Math.max(LEAST_WORK, (span * workOfColumn) / (this.#threads * TILES_A_THREAD)));
    const most = Math.max(work / workOfColumn, span / MOST_TILES);
    const columns = PANEL * panelsOf(Math.ceil(Math.max(...outputs) / PANEL), Math.max(1, Math.round(most / PANEL)), this.#threads);
    const tiles = outputs.reduce((sum, count) => sum + Math.ceil(count / columns), 0);
    const { gain, bias } = norm ?? { gain: 0, bias: 0 };
    this.#write(Code.LINEAR, tiles, [
      ...[x, inputs, y, span, columns, ending, gain, bias, bitsOf(epsilon), Number(centered), matrices.length],
      ...matrices.flatMap((matrix) => [matrix.address, matrix.bias, matrix.outputs, matrix.scales, matrix.sums]),
    ]);
    // A kept tile, the normed input and its statistics, the quantized input, and the outputs that are still to be joined.
    const rows = this.#rows;
    const quantized = rows * (8 * Math.ceil(inputs / 4) + 4);
    this.#needs(4 * PANEL * 4 + 4 * rows * inputs + 8 * rows + quantized + 4 * rows * columns + 3 * 64);
  }

  attend(places: {
    qkv: number;
    keys: number;
    values: number;
    slots: number;
    positions: number;
    y: number;
    capacity: number;
    heads: number;
    groups: number;
    headWidth: number;
    cos: number;
    sin: number;
    qGain: number;
    kGain: number;
    epsilon: number;
  }): void {
    const { qkv, keys, values, slots, positions, y, capacity, heads, groups, headWidth, cos, sin, qGain, kGain, epsilon } = places;
    // A whole row is a tile where there are enough of them for all threads.
    const items = this.#rows >= 4 * this.#threads ? groups : 1;
    const tiles = Math.ceil((this.#rows * groups) / items);
    this.#write(Code.ATTEND, tiles, [
      ...[qkv, keys, values, slots, positions, y, capacity, heads, groups, headWidth, items, cos, sin, qGain, kGain, bitsOf(epsilon)],
    ]);
    this.#needs(4 * Math.max(capacity, 2 * heads));
  }

  /** `inverse`: address of 1/temperature, float64. */
  draw(logits: number, uniforms: number, ids: number, inverse: number, vocabulary: number): void {
    this.#write(Code.DRAW, this.#rows, [logits, uniforms, ids, inverse, vocabulary]);
    this.#needs(160 + 8 * 64 + 8 * Math.ceil(vocabulary / 64)); // constants, a block of weights, and the sum of each block
  }

  #write(code: number, tiles: number, fields: readonly number[]): void {
    const words = new Uint32Array(this.#memory.buffer, this.#address, (this.#tasks + 2) * TASK_WORDS);
    words.set([code, tiles, this.#rows, ...fields], this.#tasks * TASK_WORDS);
    this.#tasks++;
    words[this.#tasks * TASK_WORDS] = Code.END;
  }

  #needs(bytes: number): void {
    this.scratchBytes = Math.max(this.scratchBytes, Math.ceil(bytes / 64) * 64);
  }
}

/** Panels of a tile, `most` of `all` or down to half as many: so that threads that take tiles of the same size by turns are done soonest. */
function panelsOf(all: number, most: number, threads: number): number {
  let best = Math.min(all, most);
  const rounds = (panels: number) => Math.ceil(Math.ceil(all / panels) / threads) * panels;
  for (let panels = best - 1; panels >= most / 2; panels--) if (rounds(panels) < rounds(best)) best = panels;
  return best;
}

/** The bits of a float32, as a field holds them. */
function bitsOf(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}
