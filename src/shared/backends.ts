/** Which backend a job runs on: what was found on this machine, what a person chose, and one decision in words. */
import { z } from 'zod';

/** What a person may choose; `auto` leaves it to `chooseBackend`. */
export const backendSetting = z.enum(['auto', 'wasm', 'webgpu', 'tensorflow']);
export type BackendSetting = z.infer<typeof backendSetting>;
export type UsableBackend = Exclude<BackendSetting, 'auto'>;

export const backendFinding = z.object({
  name: z.enum(['wasm', 'webgpu', 'tensorflow']),
  available: z.boolean(),
  /** It computes on a real GPU; a software renderer is none. */
  gpu: z.boolean(),
  /** "NVIDIA RTX 4090 through Vulkan"; of one that is not available, what it is in general. */
  words: z.string(),
  /** Why it is not available. */
  reason: z.string().nullable(),
});
export type BackendFinding = z.infer<typeof backendFinding>;

/** `decode`: only answers are written (Compare). `both`: PPO, which writes answers and trains on them. */
export interface Work {
  kind: 'train' | 'decode' | 'both';
  parameters: number;
}

export interface BackendDecision {
  backend: UsableBackend;
  /** One sentence: why this and not another. */
  because: string;
}

/**
 * From how many parameters on TensorFlow is the faster of the two on a CPU (docs/compute-backends.md). Its products of large matrices run twice as fast as
 * ours; small ones cost it 20 to 100 µs each, of which decoding is made.
 */
export const tensorflowPays = { train: 4_000_000, both: 16_000_000 } as const;

/** Largest model that WebAssembly's 4 GB hold: weights, gradients and both moments when it is trained, else weights and a cache. */
export const wasmHolds = { train: 200_000_000, both: 100_000_000, decode: 800_000_000 } as const;

/**
 * Decides where a job runs. A person's choice holds, whatever was found: a backend that cannot start says so. By itself: a real GPU before any CPU (a TensorFlow
 * that found none never stands before one that WebGPU found); on CPUs TensorFlow for models large enough to gain by it, else WebAssembly, which runs everywhere.
 */
export function chooseBackend(found: readonly BackendFinding[], setting: BackendSetting, { kind, parameters }: Work): BackendDecision {
  if (setting !== 'auto') return { backend: setting, because: 'You chose it in Settings.' };
  const [webgpu, tensorflow] = (['webgpu', 'tensorflow'] as const).map((name) => found.find((one) => one.name === name && one.available));
  const large = kind !== 'decode' && parameters >= tensorflowPays[kind];
  if (tensorflow?.gpu && (large || !webgpu?.gpu)) {
    return { backend: 'tensorflow', because: `${tensorflow.words}: a GPU is faster than any CPU, and you have set up CUDA for it.` };
  }
  if (webgpu?.gpu) return { backend: 'webgpu', because: `${webgpu.words}: a GPU is faster than any CPU.` };
  if (tensorflow && parameters > wasmHolds[kind]) {
    return { backend: 'tensorflow', because: 'No GPU was found, and a model of this size does not fit into the 4 GB of WebAssembly.' };
  }
  if (tensorflow && large) {
    return { backend: 'tensorflow', because: 'No GPU was found, and for a model of this size TensorFlow is the faster on a CPU.' };
  }
  const because =
    kind === 'decode' ? 'it writes answers faster than TensorFlow does' : 'for a model of this size nothing is faster on a CPU';
  return { backend: 'wasm', because: tensorflow ? `No GPU was found, and ${because}.` : 'No GPU was found; it runs everywhere.' };
}

/** Works whose decisions Settings and the doctor show. */
export const exampleWorks: readonly (Work & { words: string })[] = [
  { words: 'Training a small model (1M parameters)', kind: 'train', parameters: 1e6 },
  { words: 'Training a large model (100M parameters)', kind: 'train', parameters: 1e8 },
  { words: 'Writing answers to compare', kind: 'decode', parameters: 1e6 },
];

/** What `setUpTensorflow` fetches, and under which licenses; a test holds it to the pinned wheels. */
export const tensorflowOffers = {
  cpu: 'TensorFlow 2.18.1 for CPUs: 230 MB from PyPI, Apache-2.0',
  cuda: "TensorFlow 2.18.1 for NVIDIA GPUs and NVIDIA's CUDA 12 libraries: 2,119 MB from PyPI, Apache-2.0 and NVIDIA Proprietary",
} as const;
export const tensorflowVariant = z.enum(['cpu', 'cuda']);
export type TensorflowVariant = z.infer<typeof tensorflowVariant>;
