import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { DecodeWeights } from '#shared/sampling.ts';
import type { DecodingModel } from '../../decoding.ts';
import { type Device, multiply } from '../device.ts';
import { PANEL, type PackedMatrix } from './decode-program.ts';

/** The matrices of a model in the order in which decoding reads them: copies, which live until `dispose`. */
export class PackedWeights {
  readonly #device: Device;
  readonly #model: DecodingModel;
  readonly #weights: DecodeWeights;
  readonly #blocks: number[] = [];

  constructor(device: Device, model: DecodingModel, weights: DecodeWeights) {
    this.#device = device;
    this.#model = model;
    this.#weights = weights;
  }

  /** A linear layer by its path, with its correction added. */
  linear(module: string): PackedMatrix {
    const { config, parameters } = this.#model;
    const weight = parameters.get(`${module}.weight`) as Tensor2D;
    const inOut = config.architecture === 'gpt2'; // Conv1D's [in, out]; torch's Linear is [out, in]
    const bias = parameters.has(`${module}.bias`) ? this.#device.address(parameters.get(`${module}.bias`)) : 0;
    const correction = this.#model.correctionOf(module);
    if (!correction) return this.#pack(this.#device.address(weight), weight.shape, inOut, bias);
    return this.#device.withTemporary(4 * weight.size, (sum) => {
      this.#correct(weight, correction, inOut, sum);
      return this.#pack(sum, weight.shape, inOut, bias);
    });
  }

  /** The head [V, D]. */
  head(): PackedMatrix {
    return this.#pack(this.#device.address(this.#model.head), this.#model.head.shape, false, 0);
  }

  dispose(): void {
    for (const block of this.#blocks.splice(0)) this.#device.heap.free(block);
  }

  /** At `sum`: W + scale·B·A, of W as it is stored: [N, K], or [K, N] when `inOut`. */
  #correct(weight: Tensor2D, { a, b, scale }: { a: Tensor2D; b: Tensor2D; scale: number }, inOut: boolean, sum: number): void {
    const { heap } = this.#device;
    const [rank, inputs] = a.shape;
    const outputs = b.shape[0];
    this.#device.withTemporary(4 * b.size, (scaled) => {
      const floats = (address: number, length: number) => new Float32Array(heap.memory.buffer, address, length);
      floats(sum, weight.size).set(floats(this.#device.address(weight), weight.size));
      floats(scaled, b.size).set(floats(this.#device.address(b), b.size).map((value) => value * scale));
      const left = { address: scaled, step: rank, transposed: false }; // [N, r]
      const right = { address: this.#device.address(a), step: inputs, transposed: false }; // [r, K]
      if (inOut) {
        const size = { m: inputs, n: outputs, k: rank };
        multiply(this.#device, { ...right, transposed: true }, { ...left, transposed: true }, sum, size, { base: sum });
      } else multiply(this.#device, left, right, sum, { m: outputs, n: inputs, k: rank }, { base: sum });
    });
  }

  #pack(address: number, shape: [number, number], inOut: boolean, bias: number): PackedMatrix {
    const [inputs, outputs] = inOut ? shape : [shape[1], shape[0]];
    const panels = Math.ceil(outputs / PANEL);
    const eightBits = this.#weights === 'int8';
    const packed = this.#allocate(panels * PANEL * (eightBits ? 4 * Math.ceil(inputs / 4) : 4 * inputs));
    const scales = eightBits ? this.#allocate(panels * PANEL * 4) : 0;
    const sums = eightBits ? this.#allocate(panels * PANEL * 4) : 0;
    if (eightBits) this.#device.pool.reserve(4 * PANEL * inputs);
    this.#device.pool.run('packWeights', { units: panels, work: 4 * outputs * inputs }, [
      ...[address, Number(inOut), inputs, outputs, packed, scales, sums],
    ]);
    return { address: packed, inputs, outputs, bias, scales, sums };
  }

  #allocate(bytes: number): number {
    const address = this.#device.heap.allocate(bytes + 64);
    this.#blocks.push(address);
    return Math.ceil(address / 64) * 64; // a panel's row is a line of the cache
  }
}
