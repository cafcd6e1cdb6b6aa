import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';

/** One line of a parameter manifest. `offset` counts floats from the start of the set; `decay` is false for biases and norms. */
export interface ParameterInfo {
  name: string;
  shape: number[];
  offset: number;
  decay: boolean;
}

export type ParameterShape = Pick<ParameterInfo, 'name' | 'shape' | 'decay'>;

/**
 * An ordered set of named float32 parameters under one manifest, the same on every backend. Names are Hugging Face's. The tensors are variables: the optimizer
 * changes them in place. Sets made by `prefixed` and `merge` share the variables of the sets they came from.
 */
export class Parameters {
  readonly manifest: readonly ParameterInfo[];
  /** Floats in all. */
  readonly count: number;
  readonly #variables: ReadonlyMap<string, tf.Variable>;

  private constructor(shapes: readonly ParameterShape[], variables: ReadonlyMap<string, tf.Variable>) {
    let offset = 0;
    this.manifest = shapes.map(({ name, shape, decay }) => {
      const info = { name, shape, offset, decay };
      offset += sizeOf(shape);
      return info;
    });
    this.count = offset;
    this.#variables = variables;
  }

  /**
   * @throws PlainError `bad_input` when an array is missing or has another size than its shape.
   */
  static from(shapes: readonly ParameterShape[], arrays: ReadonlyMap<string, Float32Array>): Parameters {
    for (const info of shapes) checkArray(info, arrays.get(info.name));
    const variables = shapes.map(
      // A copy, because the cpu backend would go on using the caller's array.
      ({ name, shape }) => [name, tf.tidy(() => tf.variable(tf.tensor(arrays.get(name)!.slice(), shape)))] as const,
    );
    return new Parameters(shapes, new Map(variables));
  }

  /**
   * Several sets as one, to be clipped and trained together.
   * @throws when two sets have a name in common: give them a prefix first.
   */
  static merge(...sets: Parameters[]): Parameters {
    const variables = new Map<string, tf.Variable>();
    for (const set of sets) {
      for (const [name, variable] of set.#variables) {
        if (variables.has(name)) throw new Error(`Two parameter sets both have "${name}".`);
        variables.set(name, variable);
      }
    }
    return new Parameters(
      sets.flatMap((set) => set.manifest),
      variables,
    );
  }

  /** The same variables under names that begin with `prefix`. */
  prefixed(prefix: string): Parameters {
    return new Parameters(
      this.manifest.map((info) => ({ ...info, name: prefix + info.name })),
      new Map([...this.#variables].map(([name, variable]) => [prefix + name, variable])),
    );
  }

  /** The same set with other variables in place of some; the rest are shared. */
  with(replacements: ReadonlyMap<string, tf.Variable>): Parameters {
    return new Parameters(this.manifest, new Map([...this.#variables, ...replacements]));
  }

  get(name: string): tf.Variable {
    const variable = this.#variables.get(name);
    if (!variable) throw new Error(`There is no parameter "${name}".`);
    return variable;
  }

  has(name: string): boolean {
    return this.#variables.has(name);
  }

  /** In manifest order. */
  entries(): [ParameterInfo, tf.Variable][] {
    return this.manifest.map((info) => [info, this.get(info.name)]);
  }

  /** Independent parameters of the same values. */
  copy(): Parameters {
    return Parameters.from(this.manifest, this.toArrays());
  }

  /** Values on the host, copied. */
  toArrays(): Map<string, Float32Array> {
    return new Map(this.entries().map(([{ name }, variable]) => [name, (variable.dataSync() as Float32Array).slice()]));
  }

  /**
   * Replaces every value; nothing changes when an array is missing or of the wrong size.
   * @throws PlainError `bad_input`.
   */
  load(arrays: ReadonlyMap<string, Float32Array>): void {
    for (const info of this.manifest) checkArray(info, arrays.get(info.name));
    tf.tidy(() => {
      for (const [{ name, shape }, variable] of this.entries()) variable.assign(tf.tensor(arrays.get(name)!.slice(), shape));
    });
  }

  /** Takes over the values of another set of the same manifest, which may lie on another backend: one parameter after the other, so that no second set stands on the host. */
  take(source: Parameters): void {
    for (const [{ name, shape }, variable] of this.entries()) {
      // A copy, because a read of the cpu backend is its own array.
      tf.tidy(() => variable.assign(tf.tensor((source.get(name).dataSync() as Float32Array).slice(), shape)));
    }
  }

  dispose(): void {
    for (const variable of this.#variables.values()) variable.dispose();
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function checkArray({ name, shape }: ParameterShape, array: Float32Array | undefined): void {
  if (!array) throw new PlainError('bad_input', `The weights lack "${name}". Check that all files of the model are there.`);
  if (array.length !== sizeOf(shape)) {
    throw new PlainError(
      'bad_input',
      `The weights of "${name}" are ${array.length} numbers, but config.json makes it ${shape.join(' × ')}. They belong to different models.`,
    );
  }
}
