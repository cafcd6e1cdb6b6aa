import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { Decoding, DecodingOptions } from '../backends/decoding.ts';
import type { LayerCache } from '../backends/kernels.ts';
import { type Architecture, type Pass, under } from './architecture.ts';
import type { DecoderConfig } from './config.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { Adapter, type LinearModule, merged } from './lora/adapter.ts';
import type { LoraConfig } from './lora/config.ts';
import { attention, type Projections, unpack } from './ops/attention.ts';
import { kernels } from './ops/kernels.ts';
import { linear } from './ops/linear.ts';
import { recomputed } from './ops/recomputed.ts';
import { isTrainable } from './ops/taped.ts';
import { type ParameterShape, Parameters } from './parameters.ts';
import { Random } from './random.ts';
import { RopeCache } from './rope-tables.ts';

const architectures: Record<DecoderConfig['architecture'], Architecture> = { gpt2, llama };

/** A decoder-only transformer, with its parameters. */
export class Decoder {
  readonly config: DecoderConfig;
  readonly parameters: Parameters;
  /** Low-rank corrections of the linear layers, trained in place of the parameters; null for a plain model. */
  readonly adapter: Adapter | null;
  /** Keep only each block's input for the backward pass and compute its activations again there: less memory, about a third more time, the same gradient. */
  recompute = false;
  readonly #architecture: Architecture;
  readonly #rope: RopeCache | null;
  readonly #owned: { dispose(): void };
  readonly #disposed: (() => void)[] = [];

  private constructor(
    config: DecoderConfig,
    parameters: Parameters,
    adapter: Adapter | null = null,
    owned: { dispose(): void } = adapter?.parameters ?? parameters,
  ) {
    this.config = config;
    this.parameters = parameters;
    this.adapter = adapter;
    this.#owned = owned;
    this.#architecture = architectures[config.architecture];
    this.#rope = config.rope && new RopeCache(config.rope, config.headWidth, config.positions);
  }

  /** Names and shapes of every parameter, in their order. */
  static shapes(config: DecoderConfig): ParameterShape[] {
    return architectures[config.architecture].shapes(config);
  }

  /** Fresh weights, drawn parameter by parameter from the seed. */
  static random(config: DecoderConfig, seed: number): Decoder {
    const architecture = architectures[config.architecture];
    const shapes = architecture.shapes(config);
    const arrays = shapes.map(({ name, shape }) => {
      const array = new Float32Array(shape.reduce((product, length) => product * length, 1));
      const deviation = architecture.initialDeviation(name, config);
      const random = Random.from(seed, name);
      if (deviation === null) array.fill(1);
      else if (deviation > 0) for (let i = 0; i < array.length; i++) array[i] = deviation * random.normal();
      return [name, array] as const;
    });
    return new Decoder(config, Parameters.from(shapes, new Map(arrays)));
  }

  /**
   * Weights by Hugging Face name, with or without the leading `transformer.` or `model.`; what the model does not use is ignored.
   * @throws PlainError `bad_input` when one is missing or of another size.
   */
  static from(config: DecoderConfig, weights: ReadonlyMap<string, Float32Array>): Decoder {
    const shapes = architectures[config.architecture].shapes(config);
    const found = new Map<string, Float32Array>();
    for (const { name } of shapes) {
      const array = weights.get(name) ?? weights.get(name.slice(name.indexOf('.') + 1));
      if (array) found.set(name, array);
    }
    return new Decoder(config, Parameters.from(shapes, found));
  }

  copy(): Decoder {
    const decoder = new Decoder(this.config, this.parameters.copy());
    decoder.recompute = this.recompute;
    return decoder;
  }

  /**
   * The same model with an adapter beside it, fresh or from PEFT's weights. Parameters are shared: policies, critics and references of one base cost its memory once.
   * @throws PlainError `bad_input` when the adapter does not fit.
   */
  adapted(config: LoraConfig, from: { seed: number } | { weights: ReadonlyMap<string, Float32Array> }): Decoder {
    const modules = this.linearModules();
    const adapter = 'seed' in from ? Adapter.random(config, modules, from.seed) : Adapter.from(config, modules, from.weights);
    const decoder = new Decoder(this.config, this.parameters, adapter);
    decoder.recompute = this.recompute;
    return decoder;
  }

  /** A plain model of its own with the adapter's corrections added to its weights. */
  merged(): Decoder {
    const corrected = this.corrected();
    const decoder = corrected.copy();
    corrected.dispose();
    return decoder;
  }

  /** The same for as long as the weights stay as they are: what no adapter corrects is this model's own, and not given back with the other. */
  corrected(): Decoder {
    const weights = new Map<string, tf.Variable>();
    for (const path of this.adapter?.modules ?? []) {
      const weight = this.parameters.get(`${path}.weight`) as tf.Tensor as tf.Tensor2D;
      const sum = merged(weight, this.adapter!.pairOf(path)!, this.config.architecture === 'gpt2');
      weights.set(`${path}.weight`, tf.variable(sum as tf.Tensor, false));
      sum.dispose();
    }
    const decoder = new Decoder(this.config, this.parameters.with(weights), null, {
      dispose: () => {
        for (const weight of weights.values()) weight.dispose();
      },
    });
    decoder.recompute = this.recompute;
    return decoder;
  }

  /** What training changes: the adapter's parameters where there is one. */
  get trainable(): Parameters {
    return this.adapter?.parameters ?? this.parameters;
  }

  /** The linear layers of all blocks. */
  linearModules(): LinearModule[] {
    const { linears, blockPrefix } = this.#architecture;
    return Array.from({ length: this.config.layers }, (_, layer) =>
      linears.map((name) => {
        const path = blockPrefix(layer) + name;
        const [rows, columns] = under(this.parameters, path).matrix('.weight').shape;
        return this.config.architecture === 'gpt2' ? { path, inputs: rows, outputs: columns } : { path, inputs: columns, outputs: rows };
      }),
    ).flat();
  }

  /** Gives back the adapter of an adapted model, whose base belongs to the model it was made from, or else the parameters. */
  dispose(): void {
    this.#owned.dispose();
    this.#rope?.dispose();
    for (const act of this.#disposed.splice(0)) act();
  }

  /** Has `act` called when this decoder is disposed, by whoever made something that is of no use without it. */
  whenDisposed(act: () => void): void {
    this.#disposed.push(act);
  }

  /** [V, D], the token embedding when the two are tied. */
  get headWeight(): tf.Tensor2D {
    const name = this.config.tied ? this.#architecture.tokenEmbedding : 'lm_head.weight';
    return this.parameters.get(name) as tf.Tensor as tf.Tensor2D;
  }

  /** hidden [R, D] → [R, V]. */
  logits(hidden: tf.Tensor2D): tf.Tensor2D {
    return linear(hidden, this.headWeight, null, true);
  }

  /**
   * Hidden states after the final norm, [B, T, D], of ids [B, T] int32 under mask [B, T] int32 (1: token, 0: padding on either side).
   * `seen` is given each layer's projections, for a cache.
   */
  hidden(ids: tf.Tensor2D, mask: tf.Tensor2D, seen?: (layer: number, projections: Projections) => void): tf.Tensor3D {
    return tf.tidy(() => tf.reshape(this.#over(ids, mask, null, seen), [...ids.shape, this.config.width]));
  }

  /** The same [R′, D] of some places [R′] int32 in [B·T] alone, which spares the last block most of its work for all others. */
  hiddenAt(ids: tf.Tensor2D, mask: tf.Tensor2D, places: tf.Tensor1D): tf.Tensor2D {
    return tf.tidy(() => this.#over(ids, mask, places));
  }

  #over(
    ids: tf.Tensor2D,
    mask: tf.Tensor2D,
    chosen: tf.Tensor1D | null,
    seen?: (layer: number, projections: Projections) => void,
  ): tf.Tensor2D {
    const positions = tf.cumsum(mask, 1, true) as tf.Tensor2D; // exclusive: the first token is at 0 whatever precedes it
    const attend = (layer: number, projections: Projections) => {
      seen?.(layer, projections);
      return attention(projections, mask, this.config);
    };
    const block = this.recompute && !seen ? this.#recomputing(mask) : this.#architecture.block;
    return this.#run(ids, positions, ids.shape[1], { attend, chosen }, block);
  }

  /** Decoding in the backend's own way, with the adapter's corrections in the weights; null where it has none. Weights must not change until it is disposed. */
  openDecoding(options: DecodingOptions): Decoding | null {
    const rope = this.#rope?.upTo(options.capacity) ?? null;
    const { config, parameters, adapter, headWeight: head } = this;
    return kernels().openDecoding?.({ config, parameters, head, rope, correctionOf: (module) => adapter?.pairOf(module) }, options) ?? null;
  }

  /** One token a row: ids [B], each at its position, over caches [B, C, G·E] of every layer, row b's from `from[b]` on. → [B, D] */
  next(ids: Int32Array, positions: Int32Array, caches: readonly LayerCache[], from: Int32Array): tf.Tensor2D {
    const { decodeStep, decodeAttention } = kernels();
    if (decodeStep && !this.adapter) {
      const rope = this.#rope?.upTo(Math.max(...positions) + 1) ?? null;
      return decodeStep({ config: this.config, parameters: this.parameters, rope }, caches, from, ids, positions);
    }
    const { heads, groups } = this.config;
    const attend = (layer: number, projections: Projections) => {
      const [q, k, v] = unpack(projections, this.config);
      const { keys, values } = caches[layer]!;
      return decodeAttention(q, k, v, keys, values, from, positions, heads, groups);
    };
    return tf.tidy(() => {
      const shape: [number, number] = [ids.length, 1];
      const length = Math.max(...positions) + 1;
      return this.#run(tf.tensor2d(ids, shape, 'int32'), tf.tensor2d(positions, shape, 'int32'), length, { attend, chosen: null });
    });
  }

  /** ids and positions [B, T] → [B·T, D], or the chosen rows. */
  #run(
    ids: tf.Tensor2D,
    positions: tf.Tensor2D,
    length: number,
    own: Pick<Pass, 'attend' | 'chosen'>,
    block = this.#architecture.block,
  ): tf.Tensor2D {
    if (length > this.config.positions) {
      throw new PlainError('bad_input', `A text of ${length} tokens is longer than the ${this.config.positions} that this model can read.`);
    }
    const rope = this.#rope?.upTo(length) ?? null;
    const { config, parameters, adapter } = this;
    const pass: Pass = { config, parameters, adapter, positions, rope, ...own };
    let x = this.#architecture.embed(pass, tf.reshape(ids, [-1]));
    for (let layer = 0; layer < this.config.layers; layer++) x = tf.tidy(() => block(pass, layer, x)); // what nobody saved goes block by block
    return this.#architecture.finalNorm(pass, x);
  }

  /** The architecture's block under `mask`, computed again for its gradient. */
  #recomputing(mask: tf.Tensor2D): Architecture['block'] {
    const { block, blockPrefix } = this.#architecture;
    return (pass, layer, x) => {
      const prefix = blockPrefix(layer);
      const variables = [this.parameters, ...(this.adapter ? [this.adapter.parameters] : [])]
        .flatMap((parameters) => parameters.entries())
        .filter(
          ([{ name }, variable]) => (name.startsWith(prefix) || name.startsWith(`base_model.model.${prefix}`)) && isTrainable(variable),
        );
      const run = (x: tf.Tensor2D, [positions, mask, chosen]: tf.Tensor[]) => {
        const attend = (_: number, projections: Projections) => attention(projections, mask as tf.Tensor2D, this.config);
        return block({ ...pass, positions: positions as tf.Tensor2D, chosen: (chosen as tf.Tensor1D) ?? null, attend }, layer, x);
      };
      return recomputed(
        run,
        x,
        variables.map(([, variable]) => variable),
        [pass.positions, mask, ...(pass.chosen ? [pass.chosen] : [])],
      );
    };
  }
}
