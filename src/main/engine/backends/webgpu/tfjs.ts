import type { DataId, DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { Buffers } from './memory.ts';

/** What a tensor of tfjs's webgpu backend is made of. */
export interface TensorData {
  /** On the host: not yet uploaded, or read back. */
  values: Float32Array | Int32Array | Uint8Array | null;
  dtype: DataType;
  shape: number[];
  resource?: GPUBuffer | null;
}

/**
 * The parts of tfjs-backend-webgpu 4.22's WebGPUBackend that are used or replaced here; most are private in its type. It records work into one compute pass of
 * one command encoder and submits both every few dispatches; a tensor that is disposed before then is released with the submission.
 */
export interface TfjsWebgpu extends KernelBackend {
  device: GPUDevice;
  queue: GPUQueue;
  bufferManager: Buffers;
  tensorMap: { get(id: DataId): TensorData };
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  /** Tensors that recorded but not yet submitted work names. */
  commandQueueOwnedIds: WeakSet<DataId>;
  dispatchCountInPass: number;
  /** Uniform buffers to be released with the submission. */
  uniformPendingDisposal: GPUBuffer[];
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(id: DataId): void;
  makeTensorInfo(shape: number[], dtype: DataType, values?: TensorData['values']): TensorInfo;
}

/** The package's constructor; its entry point has no types for `import()` of CommonJS. */
export interface TfjsWebgpuModule {
  WebGPUBackend: new (device: GPUDevice, info: GPUAdapterInfo) => TfjsWebgpu;
}
