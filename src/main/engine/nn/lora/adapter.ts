import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { LowRank } from '../ops/linear.ts';
import { type ParameterShape, Parameters } from '../parameters.ts';
import { Random } from '../random.ts';
import { type LoraConfig, scaleOf } from './config.ts';

/** A linear layer that can be adapted: its path, and how many numbers go in and come out. */
export interface LinearModule {
  path: string;
  inputs: number;
  outputs: number;
}

/** Trainable low-rank corrections of a decoder's linear layers. Parameters have the names of PEFT's adapter_model.safetensors. */
export class Adapter {
  readonly config: LoraConfig;
  readonly parameters: Parameters;
  readonly #pairs: ReadonlyMap<string, LowRank>;

  private constructor(config: LoraConfig, modules: readonly LinearModule[], parameters: Parameters) {
    this.config = config;
    this.parameters = parameters;
    const matrix = (name: string) => parameters.get(name) as tf.Tensor as tf.Tensor2D;
    this.#pairs = new Map(
      modules.map(({ path }) => [path, { a: matrix(nameOf(path, 'A')), b: matrix(nameOf(path, 'B')), scale: scaleOf(config) }]),
    );
  }

  /**
   * A fresh adapter, as PEFT begins: A uniform in ±1/√inputs, B 0, so that it changes nothing yet.
   * @throws PlainError `bad_input` when a target is no linear layer of the model.
   */
  static random(config: LoraConfig, modules: readonly LinearModule[], seed: number): Adapter {
    const chosen = targetsAmong(config, modules);
    const arrays = new Map<string, Float32Array>();
    for (const { path, inputs, outputs } of chosen) {
      const random = Random.from(seed, 'adapter', path);
      const bound = 1 / Math.sqrt(inputs);
      arrays.set(
        nameOf(path, 'A'),
        Float32Array.from({ length: config.rank * inputs }, () => bound * (2 * random.uniform() - 1)),
      );
      arrays.set(nameOf(path, 'B'), new Float32Array(outputs * config.rank));
    }
    return new Adapter(config, chosen, Parameters.from(shapesOf(config, chosen), arrays));
  }

  /**
   * Weights by PEFT name.
   * @throws PlainError `bad_input` when one is missing or does not fit the model.
   */
  static from(config: LoraConfig, modules: readonly LinearModule[], weights: ReadonlyMap<string, Float32Array>): Adapter {
    const chosen = targetsAmong(config, modules);
    return new Adapter(config, chosen, Parameters.from(shapesOf(config, chosen), weights));
  }

  /** The correction of a linear layer, or undefined where it has none. */
  pairOf(module: string): LowRank | undefined {
    return this.#pairs.get(module);
  }

  /** Paths of the adapted layers. */
  get modules(): string[] {
    return [...this.#pairs.keys()];
  }

  dispose(): void {
    this.parameters.dispose();
  }
}

/** W + scale·B·A, of W as it is stored: [N, K], or [K, N] for GPT-2's `inOut`. */
export function merged(weight: tf.Tensor2D, { a, b, scale }: LowRank, inOut: boolean): tf.Tensor2D {
  return tf.tidy(() => {
    const delta: tf.Tensor2D = tf.mul(tf.matMul(b, a), scale); // [N, r]·[r, K]
    return tf.add(weight, inOut ? tf.transpose(delta) : delta);
  });
}

function nameOf(path: string, part: 'A' | 'B'): string {
  return `base_model.model.${path}.lora_${part}.weight`;
}

/** LoRA decays, as everything in PEFT does that is no bias and no norm. */
function shapesOf({ rank }: LoraConfig, modules: readonly LinearModule[]): ParameterShape[] {
  return modules.flatMap(({ path, inputs, outputs }) => [
    { name: nameOf(path, 'A'), shape: [rank, inputs], decay: true },
    { name: nameOf(path, 'B'), shape: [outputs, rank], decay: true },
  ]);
}

/** PEFT's rule: a target is a whole path, or what follows a dot at its end. */
function targetsAmong({ targets }: LoraConfig, modules: readonly LinearModule[]): LinearModule[] {
  const names = (path: string, target: string) => target === 'all-linear' || path === target || path.endsWith(`.${target}`);
  const stray = targets.find((target) => !modules.some(({ path }) => names(path, target)));
  if (stray !== undefined) {
    const known = [...new Set(modules.map(({ path }) => path.slice(path.lastIndexOf('.') + 1)))].join(', ');
    throw new PlainError('bad_input', `The adapter wants to change "${stray}", which is no linear layer of this model. It has ${known}.`);
  }
  return modules.filter(({ path }) => targets.some((target) => names(path, target)));
}
