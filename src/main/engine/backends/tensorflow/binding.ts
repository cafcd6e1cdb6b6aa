import type { DataId, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';

export type Attribute = { name: string; type: number; value: number | boolean | string | number[] };

/** tfjs's native binding (`binding/tfjs_binding.cc` of tfjs-node-gpu): eager ops on tensors that it numbers. */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): { id: number }[];
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  TF_FLOAT: number;
  TF_ATTR_INT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_STRING: number;
  TF_ATTR_SHAPE: number;
}

/** What tfjs-node's own backend class offers beyond tfjs's, its private parts included: their names are the package's, which is pinned. */
export interface TensorflowBackend extends KernelBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: DataId): { id: number } };
  getInputTensorIds(tensors: TensorInfo[]): number[];
}
