import * as tf from '@tensorflow/tfjs-core';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Failure } from './failure.ts';
import { lost } from './failure.ts';
import type { TensorData, TfjsWebgpu } from './tfjs.ts';
import type { Ticks } from './ticks.ts';

/** Larger tensors are not kept on the host after they were read: weights would double there. */
const KEPT_ON_HOST_BYTES = 2 ** 16;

type Values = NonNullable<TensorData['values']>;

/**
 * Replaces tfjs's reads and uploads: the stock synchronous read needs a canvas, which Node has not; the stock upload makes a new mapped buffer for each tensor,
 * and takes a buffer's size for the tensor's.
 */
export function replaceTransfers(backend: TfjsWebgpu, failure: Failure, ticks: Ticks): void {
  backend.uploadToGPU = (id) => upload(backend, backend.tensorMap.get(id));

  backend.readSync = (id) => {
    const data = backend.tensorMap.get(id);
    return data.values ?? readSync(backend, data, failure, ticks);
  };

  backend.read = async (id) => {
    const data = backend.tensorMap.get(id);
    return data.values ?? read(backend, data, failure);
  };
}

/**
 * By `writeBuffer`, which comes before whatever is submitted after it: safe, because an acquired buffer is named by no recorded work (tensors are released with
 * the submission of their last use).
 */
function upload(backend: TfjsWebgpu, data: TensorData): void {
  if (data.resource) return;
  const length = tf.util.sizeFromShape(data.shape);
  const buffer = backend.bufferManager.acquireBuffer(
    4 * length,
    GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  );
  data.resource = buffer;
  if (!data.values) return;
  // tfjs may be given plain arrays, and keeps bool in bytes that a shader reads as int32.
  const ofDevice = data.dtype === 'float32' ? Float32Array : Int32Array;
  const values = data.values instanceof ofDevice ? data.values : ofDevice.from(data.values);
  backend.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>, 0, length);
  data.values = null;
}

function readSync(backend: TfjsWebgpu, data: TensorData, failure: Failure, ticks: Ticks): Values {
  const staging = copyOut(backend, data);
  try {
    const ask = () => {
      staging.mapAsync(GPUMapMode.READ).catch(() => {}); // its outcome shows in mapState
    };
    ticks.waitFor(ask, () => staging.mapState !== 'pending');
  } catch (error) {
    failure.check();
    throw new PlainError('engine', `The GPU cannot be read: ${sentenceOf(error)} The last good state of this run is kept.`, {
      cause: error,
    });
  }
  failure.check();
  if (staging.mapState !== 'mapped') throw lost('');
  return takeFrom(backend, staging, data);
}

async function read(backend: TfjsWebgpu, data: TensorData, failure: Failure): Promise<Values> {
  const staging = copyOut(backend, data);
  try {
    await staging.mapAsync(GPUMapMode.READ);
  } catch (error) {
    failure.check();
    throw lost(sentenceOf(error));
  }
  failure.check();
  return takeFrom(backend, staging, data);
}

/** Records the copy and submits all work up to it. */
function copyOut(backend: TfjsWebgpu, data: TensorData): GPUBuffer {
  const bytes = 4 * tf.util.sizeFromShape(data.shape);
  const staging = backend.bufferManager.acquireBuffer(bytes, GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ);
  backend.ensureCommandEncoderReady();
  backend.endComputePassEncoder();
  backend.commandEncoder!.copyBufferToBuffer(data.resource!, 0, staging, 0, bytes);
  backend.submitQueue();
  return staging;
}

function takeFrom(backend: TfjsWebgpu, staging: GPUBuffer, data: TensorData): Values {
  const bytes = 4 * tf.util.sizeFromShape(data.shape);
  const copied = staging.getMappedRange(0, bytes).slice(0);
  staging.unmap();
  backend.bufferManager.releaseBuffer(staging);
  const values = tf.util.convertBackendValuesAndArrayBuffer(copied, data.dtype) as Values;
  if (bytes <= KEPT_ON_HOST_BYTES) data.values = values;
  return values;
}
