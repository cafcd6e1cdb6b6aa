import type * as tf from '@tensorflow/tfjs-core';
import type { Attribute, Binding, TensorflowBackend } from './binding.ts';

/** TF_DataType's number of float64, which tfjs has no name for. */
export const float64 = 2;

/** What the kernels of this backend work with: TensorFlow's eager ops, on handles that must be freed by hand. */
export class Eager {
  readonly #backend: TensorflowBackend;
  readonly binding: Binding;

  constructor(backend: TensorflowBackend) {
    this.#backend = backend;
    this.binding = backend.binding;
  }

  /** Handle of a tensor's data: the tensor's own, not to be freed. */
  handle(tensor: tf.TensorInfo): number {
    return this.#backend.getInputTensorIds([tensor])[0]!;
  }

  /** Gives a tensor other data, of the same shape and type; its old handle must be freed already. */
  replace(tensor: tf.TensorInfo, handle: number): void {
    this.#backend.tensorMap.get(tensor.dataId).id = handle;
  }

  /** Runs an op of one output. */
  run(name: string, inputs: number[], attributes: Attribute[]): number {
    return this.binding.executeOp(name, attributes, inputs, 1)[0]!.id;
  }

  /** Runs an op for its effect. */
  act(name: string, inputs: number[], attributes: Attribute[]): void {
    this.binding.executeOp(name, attributes, inputs, 0);
  }

  free(...handles: number[]): void {
    for (const handle of handles) this.binding.deleteTensor(handle);
  }

  scalar(value: number): number {
    return this.binding.createTensor([], this.binding.TF_FLOAT, Float32Array.of(value));
  }

  type(name: string, value: number = this.binding.TF_FLOAT): Attribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value };
  }

  flag(name: string, value: boolean): Attribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  cast(handle: number, from: number, to: number): number {
    return this.run('Cast', [handle], [this.type('SrcT', from), this.type('DstT', to), this.flag('Truncate', false)]);
  }
}
