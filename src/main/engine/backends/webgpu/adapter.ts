import { PlainError, sentenceOf } from '#shared/errors.ts';
import { words } from './memory.ts';
import { whyNoAdapter } from './no-adapter.ts';
import type { Ticks } from './ticks.ts';

/** What the kernels need of a device; every GPU of the last ten years has it. */
const needed = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeWorkgroupsPerDimension: 65_535,
} as const;

/** Limits that are asked for at the adapter's best, since they bound the size of a model. */
const asLargeAsPossible = ['maxStorageBufferBindingSize', 'maxBufferSize'] as const;

type Limits = Pick<GPUSupportedLimits, keyof typeof needed | (typeof asLargeAsPossible)[number]>;
type Info = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>;

/** Dawn, and its event loop. */
export interface DawnInstance {
  gpu: GPU;
  ticks: Ticks;
}

/** Dawn as it is, or bound to the adapter whose name contains `name`, in the letters that Dawn writes it in. */
export type DawnInstances = (name?: string) => DawnInstance;

/**
 * The most powerful adapter, or the one whose name contains `name`.
 * @throws PlainError `engine` when there is none, when only a software renderer is there and it was not asked for by name, or when limits are too low.
 */
export async function findAdapter(
  dawn: DawnInstances,
  name?: string,
): Promise<{ adapter: GPUAdapter; words: string; instance: DawnInstance }> {
  const exact = name && (await namesOf(dawn)).find((known) => known.toLowerCase().includes(name.toLowerCase()));
  const instance = dawn(exact);
  const adapter = name && !exact ? null : await instance.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new PlainError('engine', `No GPU${name ? ` named "${name}"` : ''} was found through ${api()}: ${whyNoAdapter()}.`);
  }
  if (!name && isSoftware(adapter.info)) {
    throw new PlainError(
      'engine',
      `The only adapter is ${modelOf(adapter.info)}, which draws on the CPU and is slower than the CPU backend. Install your GPU's driver, or train on the CPU.`,
    );
  }
  checkLimits(adapter.limits, modelOf(adapter.info));
  return { adapter, words: `${modelOf(adapter.info)} through ${api()}, ${words(largestTensor(adapter.limits))} a tensor`, instance };
}

/** Dawn answers a name that it does not know with the names that it does. */
async function namesOf(dawn: DawnInstances): Promise<string[]> {
  const refusal = await dawn('any name that no adapter has')
    .gpu.requestAdapter()
    .then(() => '', sentenceOf);
  return [...refusal.matchAll(/name: '([^']+)'/g)].map(([, known]) => known!);
}

/** Limits to ask the adapter for. */
export function wantedLimits(limits: Limits): Record<string, number> {
  return { ...needed, ...Object.fromEntries(asLargeAsPossible.map((limit) => [limit, limits[limit]])) };
}

/** @throws PlainError `engine` with the numbers when the adapter cannot run the kernels. */
export function checkLimits(limits: Limits, model: string): void {
  for (const [limit, least] of Object.entries(needed) as [keyof typeof needed, number][]) {
    if (limits[limit] >= least) continue;
    throw new PlainError(
      'engine',
      `${model} cannot be used: its ${limit} is ${limits[limit]}, and ${least} are needed. Update its driver, or train on the CPU.`,
    );
  }
}

/** SwiftShader, llvmpipe, Microsoft's basic renderer: GPUs in name only. */
export function isSoftware({ vendor, architecture, device, description }: Info): boolean {
  return /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render|basic render driver|\bwarp\b/i.test(
    [vendor, architecture, device, description].join(' '),
  );
}

/** "NVIDIA GeForce RTX 4090". Dawn gives names in small letters and hyphens. */
export function modelOf({ vendor, architecture, device, description }: Info): string {
  if (/swiftshader/i.test(`${architecture} ${device}`)) return 'SwiftShader';
  const name = (device && !/^(0x)?[0-9a-f]{4}$/i.test(device) ? device : description || `${vendor} ${architecture}`)
    .replace(/[-_]+/g, ' ')
    .trim();
  const maker = new RegExp(`\\b${vendor}\\b`, 'i').test(name) ? name : `${vendor} ${name}`;
  return maker.replace(
    /\b[a-z0-9]+\b/g,
    (word) => spelled.get(word) ?? (/\d/.test(word) ? word.toUpperCase() : word[0]!.toUpperCase() + word.slice(1)),
  );
}

const spelled = new Map([
  ...['nvidia', 'amd', 'rtx', 'gtx', 'gpu', 'xt', 'xtx', 'ti', 'hbm', 'pcie', 'sxm', 'uhd', 'hd', 'rx'].map(
    (word) => [word, word.toUpperCase()] as const,
  ),
  ['ti', 'Ti'],
  ['geforce', 'GeForce'],
]);

function largestTensor({ maxBufferSize, maxStorageBufferBindingSize }: Limits): number {
  return Math.min(maxBufferSize, maxStorageBufferBindingSize);
}

/** The interface that Dawn takes on this system. */
function api(): string {
  return { darwin: 'Metal', win32: 'Direct3D 12' }[process.platform as string] ?? 'Vulkan';
}
