/** Which backend a job runs on: what was found on this machine, what a person chose, and one decision in words. */
import { z } from 'zod';
import { PlainError } from './errors.ts';

/** Backends that a job may run on. */
export const usableBackend = z.enum(['wasm', 'webgpu', 'tensorflow']);
export type UsableBackend = z.infer<typeof usableBackend>;

/** What a person may choose; `auto` leaves it to `chooseBackend`, `tensorflow+wasm` trains on the one and writes answers on the other. */
export const backendSetting = z.enum(['auto', ...usableBackend.options, 'tensorflow+wasm']);
export type BackendSetting = z.infer<typeof backendSetting>;

export const backendFinding = z.object({
  name: usableBackend,
  available: z.boolean(),
  /** It computes on a real GPU; a software renderer is none. */
  gpu: z.boolean(),
  /** "NVIDIA RTX 4090 through Vulkan"; of one that is not available, what it is in general. */
  words: z.string(),
  /** Why it is not available. */
  reason: z.string().nullable(),
});
export type BackendFinding = z.infer<typeof backendFinding>;

/** `decode`: only answers are written (Compare). `both`: PPO, GRPO and DPO, which write answers while they train. */
export interface Work {
  kind: 'train' | 'decode' | 'both';
  parameters: number;
  /** An adapter is trained beside frozen weights, which takes a fraction of the memory. Default false. */
  adapter?: boolean;
}

/** Where a job runs. */
export interface BackendPlace {
  backend: UsableBackend;
  /** Where its answers are written, when that is another backend than it trains on. */
  writer: UsableBackend | null;
}

export interface BackendDecision extends BackendPlace {
  /** One sentence: why this and not another. */
  because: string;
}

/**
 * From how many parameters on TensorFlow trains enough faster than WebAssembly on a CPU to be worth its twice the memory (docs/compute-backends.md). Its products of
 * large matrices run twice as fast as ours; small ones cost it 20 to 100 µs each, of which writing answers is made: so it trains, and WebAssembly writes.
 */
export const tensorflowPays = 8_000_000;

/**
 * Largest model that WebAssembly's 4 GB hold: weights, gradients and both moments when it is trained whole, weights and those of the judge beside an adapter, else
 * weights, the same in the order in which answering reads them, and a cache.
 */
export const wasmHolds = { train: 200_000_000, both: 100_000_000, adapter: 300_000_000, decode: 400_000_000 } as const;

/**
 * Decides where a job runs. A person's choice holds, whatever was found: a backend that cannot start says so. By itself: a real GPU before any CPU (a TensorFlow
 * that found none never stands before one that WebGPU found); on CPUs TensorFlow for models large enough to gain by it, with answers written on WebAssembly, else
 * WebAssembly, which runs everywhere.
 */
export function chooseBackend(found: readonly BackendFinding[], setting: BackendSetting, work: Work): BackendDecision {
  const { kind, parameters } = work;
  if (setting !== 'auto') return { ...chosen(setting, kind), because: 'You chose it in Settings.' };
  const [webgpu, tensorflow] = (['webgpu', 'tensorflow'] as const).map((name) => found.find((one) => one.name === name && one.available));
  const large = kind !== 'decode' && parameters >= tensorflowPays;
  if (tensorflow?.gpu && (large || !webgpu?.gpu)) {
    return onOne('tensorflow', `${tensorflow.words}: a GPU is faster than any CPU, and you have set up CUDA for it.`);
  }
  if (webgpu?.gpu) return onOne('webgpu', `${webgpu.words}: a GPU is faster than any CPU.`);
  const tooLarge = parameters > wasmHolds[work.adapter ? 'adapter' : kind];
  const wasmWrites = kind === 'both' && parameters <= wasmHolds.decode;
  if (tensorflow && (large || tooLarge)) {
    const why = tooLarge
      ? 'a model of this size does not fit into the 4 GB of WebAssembly'
      : 'for a model of this size TensorFlow trains faster on a CPU';
    const because = `No GPU was found, and ${why}${wasmWrites ? '; answers are written faster on WebAssembly' : ''}.`;
    return { backend: 'tensorflow', writer: wasmWrites ? 'wasm' : null, because };
  }
  const because =
    kind === 'decode' ? 'it writes answers faster than TensorFlow does' : 'for a model of this size nothing is faster on a CPU';
  return onOne('wasm', tensorflow ? `No GPU was found, and ${because}.` : 'No GPU was found; it runs everywhere.');
}

function onOne(backend: UsableBackend, because: string): BackendDecision {
  return { backend, writer: null, because };
}

function chosen(setting: Exclude<BackendSetting, 'auto'>, kind: Work['kind']): BackendPlace {
  if (setting !== 'tensorflow+wasm') return { backend: setting, writer: null };
  return { backend: kind === 'decode' ? 'wasm' : 'tensorflow', writer: kind === 'both' ? 'wasm' : null };
}

/** "NVIDIA RTX 4090 through Vulkan", or "none found"; the findings say why. */
export function gpuWords(found: readonly BackendFinding[]): string {
  const gpus = found.filter(({ gpu }) => gpu).map(({ words }) => words);
  return gpus.length > 0 ? gpus.join('; ') : 'none found';
}

/** What `PLUMBLINE_BACKEND` may name: beside those that jobs run on, the slow one that all are held against. */
export const backendNamed = z.enum([...usableBackend.options, 'cpu']);
export type BackendNamed = z.infer<typeof backendNamed>;

/** Where a job runs if `PLUMBLINE_BACKEND` says so. */
export interface NamedPlace {
  backend: BackendNamed;
  writer: BackendNamed | null;
}

/** "wasm", or "tensorflow+wasm": train on the one and write on the other. @throws PlainError bad_input for a name that there is none of */
export function placeNamed(text: string): NamedPlace {
  const names = text.split('+');
  const [backend, writer = null] = z.array(backendNamed).max(2).safeParse(names).data ?? [];
  if (backend !== undefined) return { backend, writer };
  const stranger = names.find((name) => !backendNamed.safeParse(name).success) ?? text;
  throw new PlainError(
    'bad_input',
    `There is no backend "${stranger}". Set PLUMBLINE_BACKEND to ${backendNamed.options.join(', ')}, or to two of them (tensorflow+wasm) to train on the one and write on the other.`,
  );
}

/** Names of backends as a person reads them. */
export const backendNames: Readonly<Record<BackendNamed, string>> = {
  webgpu: 'WebGPU',
  tensorflow: 'TensorFlow',
  wasm: 'WebAssembly',
  cpu: 'plain JavaScript',
};

/** "WebAssembly", or "TensorFlow, answers on WebAssembly". */
export function placeWords({ backend, writer }: NamedPlace): string {
  return `${backendNames[backend]}${writer ? `, answers on ${backendNames[writer]}` : ''}`;
}

/** Works whose decisions Settings and the doctor show. */
export const exampleWorks: readonly (Work & { words: string })[] = [
  { words: 'Training a small model (1M parameters)', kind: 'train', parameters: 1e6 },
  { words: 'Training a large model (100M parameters)', kind: 'train', parameters: 1e8 },
  { words: 'PPO, GRPO or DPO on a large model', kind: 'both', parameters: 1e8 },
  { words: 'Writing answers to compare', kind: 'decode', parameters: 1e6 },
];

/** What `setUpTensorflow` fetches, and under which licenses; a test holds it to the pinned wheels. */
export const tensorflowOffers = {
  cpu: 'TensorFlow 2.18.1 for CPUs: 230 MB from PyPI, Apache-2.0',
  cuda: "TensorFlow 2.18.1 for NVIDIA GPUs and NVIDIA's CUDA 12 libraries: 2,119 MB from PyPI, Apache-2.0 and NVIDIA Proprietary",
} as const;
export const tensorflowVariant = z.enum(['cpu', 'cuda']);
export type TensorflowVariant = z.infer<typeof tensorflowVariant>;
