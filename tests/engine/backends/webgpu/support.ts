import { existsSync } from 'node:fs';
import { makeCurrent } from '#engine/backends/current.ts';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { openWebgpu, type WebgpuBackend, type WebgpuOptions } from '#engine/backends/webgpu/open.ts';
import { installKernels } from '#engine/nn/ops/kernels.ts';

/** Where Debian's chromium, and Electron's own folder, keep SwiftShader and a Vulkan loader. */
const folders = ['/usr/lib/chromium', '/usr/lib/chromium-browser', 'node_modules/electron/dist'];
const folder = folders.find((name) => existsSync(`${name}/vk_swiftshader_icd.json`));

/** Why these tests cannot run here, or null. `PLUMBLINE_GPU_TESTS=real` takes this machine's GPU instead of SwiftShader. */
export const missing: string | null = prepare();

export const isReal = process.env.PLUMBLINE_GPU_TESTS === 'real';

/** What a process of its own needs to find SwiftShader, or the real GPU. */
export function environmentOfProcess(): Record<string, string> {
  if (isReal || !folder) return {};
  return { PLUMBLINE_GPU: 'swiftshader', VK_ICD_FILENAMES: `${folder}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: folder };
}

/** For a test, in milliseconds: SwiftShader compiles a pipeline in a third of a second of CPU, and a busy machine has little of that. */
export const patience = 240_000;

/** The backend on SwiftShader, a Vulkan device that computes on the CPU (or on the real GPU), with its kernels current. */
export async function openTested(options: WebgpuOptions = {}): Promise<WebgpuBackend> {
  const backend = await openWebgpu({ ...(isReal ? {} : { adapter: 'swiftshader' }), ...options });
  await makeCurrent(backend);
  return backend;
}

/** Closes it; fails when the GPU reported an error that nothing asked for. */
export async function closeTested(backend: WebgpuBackend): Promise<void> {
  const { error } = backend.device.failure;
  await backend.close();
  installKernels(null);
  if (error) throw error;
}

export function openReference(): Promise<Backend> {
  return openBackend({ name: 'cpu' });
}

function prepare(): string | null {
  if (process.env.PLUMBLINE_GPU_TESTS === 'real') return null;
  if (process.platform !== 'linux') return 'SwiftShader is looked for on Linux only';
  if (!folder) return `no SwiftShader in ${folders.join(', ')}: install chromium`;
  process.env.VK_ICD_FILENAMES = `${folder}/vk_swiftshader_icd.json`;
  try {
    // Loads the Vulkan loader for Dawn to find where the system has none (RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE); it is no Node addon, which Node then says.
    process.dlopen({ exports: {} }, `${folder}/libvulkan.so.1`, 0x1102);
  } catch {}
  return null;
}
