import * as tf from '@tensorflow/tfjs-core';
import { PlainError } from '#shared/errors.ts';
import type { Architecture, Pass } from './architecture.ts';
import type { DecoderConfig } from './config.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { attention, type Projections } from './ops/attention.ts';
import { linear } from './ops/linear.ts';
import { Parameters } from './parameters.ts';
import { Random } from './random.ts';
import { RopeCache } from './rope-tables.ts';

const architectures: Record<DecoderConfig['architecture'], Architecture> = { gpt2, llama };

/** A decoder-only transformer, with its parameters. */
export class Decoder {
  readonly config: DecoderConfig;
  readonly parameters: Parameters;
  readonly #architecture: Architecture;
  readonly #rope: RopeCache | null;

  private constructor(config: DecoderConfig, parameters: Parameters) {
    this.config = config;
    this.parameters = parameters;
    this.#architecture = architectures[config.architecture];
    this.#rope = config.rope && new RopeCache(config.rope, config.headWidth, config.positions);
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
    return new Decoder(this.config, this.parameters.copy());
  }

  dispose(): void {
    this.parameters.dispose();
    this.#rope?.dispose();
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
    return tf.tidy(() => {
      const [batch, time] = ids.shape;
      const positions = tf.cumsum(mask, 1, true) as tf.Tensor2D; // exclusive: the first token is at 0 whatever precedes it
      const attend = (layer: number, projections: Projections) => {
        seen?.(layer, projections);
        return attention(projections, mask, this.config);
      };
      return tf.reshape(this.#run(ids, positions, time, attend), [batch, time, this.config.width]);
    });
  }

  /** One token a row: ids [B], each at its position, with `attend` over a cache. → [B, D] */
  next(ids: Int32Array, positions: Int32Array, attend: Pass['attend']): tf.Tensor2D {
    return tf.tidy(() => {
      const shape: [number, number] = [ids.length, 1];
      const length = Math.max(...positions) + 1;
      return this.#run(tf.tensor2d(ids, shape, 'int32'), tf.tensor2d(positions, shape, 'int32'), length, attend);
    });
  }

  /** ids and positions [B, T] → [B·T, D]. */
  #run(ids: tf.Tensor2D, positions: tf.Tensor2D, length: number, attend: Pass['attend']): tf.Tensor2D {
    if (length > this.config.positions) {
      throw new PlainError('bad_input', `A text of ${length} tokens is longer than the ${this.config.positions} that this model can read.`);
    }
    const pass: Pass = { config: this.config, parameters: this.parameters, positions, rope: this.#rope?.upTo(length) ?? null, attend };
    let x = this.#architecture.embed(pass, tf.reshape(ids, [-1]));
    for (let layer = 0; layer < this.config.layers; layer++) x = this.#architecture.block(pass, layer, x);
    return this.#architecture.finalNorm(pass, x);
  }
}
