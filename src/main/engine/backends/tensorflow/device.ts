import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installed } from './folder.ts';
import { loaderOf } from './load.ts';

/** Model of the first NVIDIA GPU by its driver ("NVIDIA GeForce RTX 4090"), or null. */
export function nvidiaModel(folder = '/proc/driver/nvidia/gpus'): string | null {
  try {
    const [first] = readdirSync(folder);
    const information = first === undefined ? '' : readFileSync(join(folder, first, 'information'), 'utf8');
    return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? null;
  } catch {
    return null; // no driver
  }
}

/** Whether a GPU is of a generation that TensorFlow 2.18 has no code for (compute capability 10 and up); WebGPU runs on it. */
export function isTooNew(model: string): boolean {
  return /\bRTX 50[5-9]0\b|\bRTX PRO \d{4} Blackwell\b|\bG?B[23]00\b|\bGB10\b/i.test(model);
}

/** Why TensorFlow computes on the CPU, as the end of a sentence. */
export function whyNoGpu({ folder, variant }: Installed): string {
  const model = nvidiaModel();
  if (variant === 'cpu') {
    return model === null
      ? 'this is its build for CPUs'
      : `this is its build for CPUs; npm run setup:libtensorflow -- --cuda brings that for the ${model}`;
  }
  if (model !== null && isTooNew(model)) return `the ${model} is newer than TensorFlow 2.18; WebGPU can use it`;
  try {
    loaderOf(folder).open('libcuda.so.1');
  } catch {
    return 'this machine has no NVIDIA driver (libcuda.so.1 is missing)';
  }
  return model === null ? 'the NVIDIA driver found no device' : `the NVIDIA driver or the ${model} is not one that TensorFlow 2.18 can use`;
}
