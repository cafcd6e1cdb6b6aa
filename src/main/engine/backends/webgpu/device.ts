import * as tf from '@tensorflow/tfjs-core';
import type { Failure } from './failure.ts';
import { elementLanes, type Program } from './program.ts';
import type { TfjsWebgpu } from './tfjs.ts';

/** Dispatches that are recorded before they are submitted together, as tfjs does. */
const DISPATCHES_A_SUBMISSION = 15;

/** Longest axis of a grid that every adapter allows. */
const LONGEST_AXIS = 65_535;

/** What a kernel's host side works with: shaders recorded among tfjs's own, on tfjs's tensors. */
export class Device {
  readonly backend: TfjsWebgpu;
  readonly failure: Failure;
  readonly #pipelines = new Map<string, { pipeline: GPUComputePipeline; layout: GPUBindGroupLayout }>();

  constructor(backend: TfjsWebgpu, failure: Failure) {
    this.backend = backend;
    this.failure = failure;
  }

  /** A tensor of float32 that nothing is written into yet. */
  output<T extends tf.Tensor>(shape: number[]): T {
    return tf.engine().makeTensorFromTensorInfo(this.backend.makeTensorInfo(shape, 'float32')) as T;
  }

  /**
   * Records one dispatch of `groups` workgroups; results are there for whatever is recorded after it. `tensors` are the program's buffers in order, `sizes` its
   * integers and floats by name. Tensors that it writes lose what is known of them on the host.
   */
  run(program: Program, tensors: readonly tf.TensorInfo[], sizes: Readonly<Record<string, number>>, groups: number): void {
    if (groups === 0) return;
    const { backend } = this;
    this.failure.check();
    const { pipeline, layout } = this.#pipelineOf(program);
    const entries = tensors.map(({ dataId }, binding) => {
      backend.uploadToGPU(dataId);
      backend.commandQueueOwnedIds.add(dataId);
      const data = backend.tensorMap.get(dataId);
      if (program.buffers[binding]!.writes) data.values = null;
      return { binding, resource: { buffer: data.resource! } };
    });
    const uniforms = this.#uniformsOf(program, { ...sizes, groups });
    const bindGroup = backend.device.createBindGroup({
      layout,
      entries: [...entries, { binding: tensors.length, resource: { buffer: uniforms } }],
    });
    backend.ensureCommandEncoderReady();
    backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
    backend.computePassEncoder.setPipeline(pipeline);
    backend.computePassEncoder.setBindGroup(0, bindGroup);
    const across = Math.min(groups, LONGEST_AXIS);
    backend.computePassEncoder.dispatchWorkgroups(across, Math.ceil(groups / across));
    backend.dispatchCountInPass++;
    if (backend.dispatchCountInPass < DISPATCHES_A_SUBMISSION) return;
    backend.endComputePassEncoder();
    backend.submitQueue();
  }

  /** `run` for a program made by `elementwise`, over all elements of the last tensor. */
  runElements(program: Program, tensors: readonly tf.TensorInfo[], sizes: Readonly<Record<string, number>> = {}): void {
    const size = tf.util.sizeFromShape(tensors.at(-1)!.shape);
    this.run(program, tensors, { size, ...sizes }, Math.ceil(size / elementLanes));
  }

  #pipelineOf(program: Program): { pipeline: GPUComputePipeline; layout: GPUBindGroupLayout } {
    const known = this.#pipelines.get(program.code);
    if (known) return known;
    const { device } = this.backend;
    const visibility = GPUShaderStage.COMPUTE;
    const layout = device.createBindGroupLayout({
      entries: [
        ...program.buffers.map(({ writes }, binding): GPUBindGroupLayoutEntry => {
          return { binding, visibility, buffer: { type: writes ? 'storage' : 'read-only-storage' } };
        }),
        { binding: program.buffers.length, visibility, buffer: { type: 'uniform' } },
      ],
    });
    const pipeline = device.createComputePipeline({
      label: program.name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: program.name, code: program.code }), entryPoint: 'main' },
    });
    const made = { pipeline, layout };
    this.#pipelines.set(program.code, made);
    return made;
  }

  #uniformsOf({ name, integers, floats }: Program, sizes: Readonly<Record<string, number>>): GPUBuffer {
    const fields = [...integers, ...floats, 'groups'];
    const block = new ArrayBuffer(4 * fields.length);
    const view = new DataView(block);
    fields.forEach((field, i) => {
      const value = sizes[field];
      if (value === undefined) throw new Error(`${name} was called without "${field}".`);
      if (floats.includes(field)) view.setFloat32(4 * i, value, true);
      else view.setUint32(4 * i, value, true);
    });
    const buffer = this.backend.bufferManager.acquireBuffer(block.byteLength, GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM);
    this.backend.queue.writeBuffer(buffer, 0, block);
    this.backend.uniformPendingDisposal.push(buffer);
    return buffer;
  }
}
