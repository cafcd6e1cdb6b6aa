import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, test } from 'vitest';
import { checkLimits, isSoftware, modelOf } from '#engine/backends/webgpu/adapter.ts';
import { rounded } from '#engine/backends/webgpu/memory.ts';
import { whyNoAdapter } from '#engine/backends/webgpu/no-adapter.ts';
import { openWebgpu, type WebgpuBackend } from '#engine/backends/webgpu/open.ts';
import { AdamW } from '#engine/nn/adamw.ts';
import { decoderConfigFrom } from '#engine/nn/config.ts';
import { Decoder } from '#engine/nn/decoder.ts';
import { kernels } from '#engine/nn/ops/kernels.ts';
import { Random } from '#engine/nn/random.ts';
import { generate } from '#engine/sampling/generate.ts';
import { responseBatch } from '#engine/training/batch.ts';
import { sftLoss } from '#engine/training/sft.ts';
import { update } from '#engine/training/update.ts';
import type { PlainError } from '#shared/errors.ts';
import { isReal, missing, openTested, patience } from './support.ts';

if (missing) console.warn(`webgpu fault tests are skipped: ${missing}.`);

const decent = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxStorageBufferBindingSize: 2 ** 27,
  maxBufferSize: 2 ** 28,
};

/** What is thrown, which must be a sentence for the person. */
function thrown(act: () => unknown): PlainError {
  try {
    act();
  } catch (error) {
    expect(error).toMatchObject({ name: 'PlainError' });
    return error as PlainError;
  }
  throw new Error('Nothing was thrown.');
}

describe('choosing an adapter', () => {
  test('limits that are too low are named with both numbers', () => {
    checkLimits(decent, 'Some GPU');
    const error = thrown(() => checkLimits({ ...decent, maxComputeInvocationsPerWorkgroup: 128 }, 'Old GPU'));
    expect(error.message).toBe(
      'Old GPU cannot be used: its maxComputeInvocationsPerWorkgroup is 128, and 256 are needed. Update its driver, or train on the CPU.',
    );
  });

  test.each([
    [
      { vendor: 'nvidia', architecture: 'lovelace', device: 'nvidia-geforce-rtx-4090', description: '550.54' },
      'NVIDIA GeForce RTX 4090',
      false,
    ],
    [{ vendor: 'nvidia', architecture: 'hopper', device: 'nvidia-h100-80gb-hbm3', description: '' }, 'NVIDIA H100 80GB HBM3', false],
    [{ vendor: 'apple', architecture: 'metal-3', device: 'apple-m2-pro', description: '' }, 'Apple M2 Pro', false],
    [{ vendor: 'amd', architecture: 'rdna-3', device: '0x744c', description: 'AMD Radeon RX 7900 XTX' }, 'AMD Radeon RX 7900 XTX', false],
    [{ vendor: 'google', architecture: 'swiftshader', device: 'swiftshader-device-subzero-', description: '' }, 'SwiftShader', true],
    [
      { vendor: 'mesa', architecture: '', device: 'llvmpipe-llvm-15-0-6-256-bits-', description: '' },
      'Mesa Llvmpipe Llvm 15 0 6 256 Bits',
      true,
    ],
  ])('%o is %s', (info, name, software) => {
    expect(modelOf(info)).toBe(name);
    expect(isSoftware(info)).toBe(software);
  });

  test.each([
    [{ loader: false, drivers: [], device: false }, /^Vulkan's loader is missing, and the kernel shows no GPU either: install libvulkan1/],
    [{ loader: false, drivers: ['nvidia_icd.json'], device: true }, /^Vulkan's loader is missing: install/],
    [{ loader: true, drivers: [], device: true }, /^no driver for Vulkan is installed: install your GPU's driver/],
    [{ loader: true, drivers: ['a.json', 'b.json'], device: true }, /^the installed drivers \(a\.json, b\.json\) found no device: check/],
    [
      { loader: true, drivers: ['a.json'], device: false },
      /^the installed driver \(a\.json\) found no device, and the kernel shows no GPU/,
    ],
  ])('why there is none: %o', (parts, words) => {
    expect(whyNoAdapter('linux', () => parts)).toMatch(words);
    expect(whyNoAdapter('darwin', () => parts)).toMatch(/^this system's graphics driver offers none/);
    expect(whyNoAdapter('linux')).toMatch(/or train on the CPU$/); // whatever this machine is
  });

  test.skipIf(missing !== null || isReal)('a software renderer is taken only by name', async () => {
    await expect(openWebgpu()).rejects.toMatchObject({
      name: 'PlainError',
      code: 'engine',
      message: expect.stringContaining('SwiftShader'),
    });
    await expect(openWebgpu({ adapter: 'Voodoo 2' })).rejects.toMatchObject({
      name: 'PlainError',
      message: expect.stringContaining('"Voodoo 2"'),
    });
  });
});

test('sizes of buffers are few, at most 6% too large, and bounded', () => {
  const sizes = new Set<number>();
  for (let size = 2 ** 16; size <= 2 ** 20; size += 997) {
    const bytes = rounded(size, 2 ** 30);
    expect(bytes).toBeGreaterThanOrEqual(size);
    expect(bytes).toBeLessThanOrEqual(size * 1.0625);
    sizes.add(bytes);
  }
  expect(sizes.size).toBeLessThanOrEqual(4 * 16 + 1);
  expect(rounded(1000, 1000)).toBe(1000);
  expect(thrown(() => rounded(2 ** 31, 2 ** 30)).message).toContain('2.0 GB in one piece, and the GPU gives at most 1.0 GB');
});

describe.skipIf(missing !== null)('what goes wrong on the GPU ends the job with a sentence', { timeout: patience }, () => {
  let backend: WebgpuBackend;
  afterEach(() => backend.close());

  const double = (value: number) => tf.tidy(() => tf.add(tf.tensor1d(new Float32Array(2000).fill(value)), value));

  test('an error that nothing caught', async () => {
    backend = await openTested();
    const y = double(3);
    backend.device.backend.device.createBuffer({ size: 2 ** 50, usage: GPUBufferUsage.STORAGE });
    const error = thrown(() => y.dataSync());
    expect(error).toMatchObject({ code: 'engine', message: expect.stringContaining('The GPU refused a part of the work') });
    await expect(y.data()).rejects.toBe(error);
    expect(thrown(() => kernels().gelu(y as tf.Tensor as tf.Tensor2D))).toBe(error);
  });

  test('a lost device, for reads that wait and for those that do not', async () => {
    backend = await openTested();
    const [y, z] = [double(3), double(4)];
    expect(z.dataSync()[0]).toBe(8);
    const waiting = double(5).data();
    backend.device.backend.device.destroy();
    expect(thrown(() => y.dataSync())).toMatchObject({ code: 'engine', message: expect.stringContaining('The GPU is gone') });
    await expect(waiting).rejects.toMatchObject({ name: 'PlainError', message: expect.stringContaining('The GPU is gone') });
    expect(thrown(() => double(6).dataSync()).message).toContain('The GPU is gone');
  });

  test('a tensor larger than the GPU allows, and memory that is used up', async () => {
    backend = await openTested({ memory: 2 ** 22 });
    const huge = backend.device.output<tf.Tensor2D>([2 ** 16, 2 ** 16]);
    expect(thrown(() => backend.device.backend.uploadToGPU(huge.dataId))).toMatchObject({
      code: 'no_space',
      message: expect.stringContaining('16.0 GB'),
    });
    const error = thrown(() => {
      for (let i = 0; i < 8; i++) kernels().gelu(tf.ones([2 ** 18, 1]));
    });
    expect(error).toMatchObject({
      code: 'no_space',
      message: expect.stringMatching(/memory is full: .* of 4\.0 MB are in use and 1\.0 MB more/),
    });
  });

  test.skipIf(isReal)('memory that the GPU itself has not', async () => {
    backend = await openTested();
    const y = double(3);
    const { bufferManager } = backend.device.backend;
    for (let i = 0; i < 64 && !backend.device.failure.error; i++) bufferManager.acquireBuffer(2 ** 30, GPUBufferUsage.STORAGE); // nothing touches them
    expect(thrown(() => y.dataSync())).toMatchObject({ code: 'no_space', message: expect.stringContaining('The GPU ran out of memory') });
  });

  test('free buffers do not pile up', async () => {
    backend = await openTested();
    const { bufferManager } = backend.device.backend;
    for (let i = 0; i < 24; i++) {
      const buffer = bufferManager.acquireBuffer(2 ** 24 + i * 2 ** 21, GPUBufferUsage.STORAGE);
      bufferManager.releaseBuffer(buffer);
    }
    expect(bufferManager.numBytesAllocated).toBeLessThanOrEqual(2 ** 28);
    expect(bufferManager.numFreeBuffers).toBeGreaterThan(3);
  });

  test('reads that wait and reads that do not, at once', async () => {
    backend = await openTested();
    const [a, b] = [double(1), double(2)];
    const later = a.data();
    expect(b.dataSync()[1999]).toBe(4);
    expect((await later)[0]).toBe(2);
    expect(double(4).dataSync()[0]).toBe(8);
  });

  test('NaN in a weight, and an id that is no token', async () => {
    backend = await openTested();
    const config = decoderConfigFrom({ model_type: 'gpt2', vocab_size: 11, n_embd: 8, n_layer: 1, n_head: 2, n_positions: 16 });
    const decoder = Decoder.random(config, 1);
    const trained = {
      parameters: decoder.parameters,
      optimizer: new AdamW(decoder.parameters, { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }),
    };
    const step = (ids: number[]) => {
      const part = () => sftLoss(decoder, responseBatch([{ prompt: [1, 2, 3], response: ids }], 0), ids.length);
      return update([part], trained, { learningRate: 0.01, maxGradNorm: 1, step: 4 }, async () => {});
    };
    const good = decoder.parameters.toArrays();
    expect((await step([4, 5, 6])).loss).toBeGreaterThan(0);
    const sentence = {
      name: 'PlainError',
      code: 'engine',
      message: expect.stringContaining('At step 4 the loss or its gradient was no longer'),
    };
    await expect(step([4, 99, 6])).rejects.toMatchObject(sentence);

    good.get('transformer.h.0.attn.c_attn.weight')![5] = Number.NaN;
    decoder.parameters.load(good);
    await expect(step([4, 5, 6])).rejects.toMatchObject(sentence);
    const options = { maxNewTokens: 2, stopIds: [], temperature: 1, topK: 0, topP: 1 };
    decoder.parameters.load(good);
    await expect(generate(decoder, [{ ids: [1, 2], generator: Random.from(1) }], options)).rejects.toMatchObject({
      name: 'PlainError',
      code: 'engine',
    });
    trained.optimizer.dispose();
    decoder.dispose();
  });
});
