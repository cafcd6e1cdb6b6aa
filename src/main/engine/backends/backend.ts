import type { BackendNamed } from '#shared/backends.ts';
import type { Kernels } from './kernels.ts';

export type BackendName = BackendNamed;

/** The device that tfjs computes on in this process. */
export interface Backend {
  name: BackendName;
  threads: number;
  /** For the person: "2 cores, SIMD threads". */
  words: string;
  /** It computes on a real GPU. Default false. */
  gpu?: boolean;
  /** Another backend, open beside this one, on which decoders write answers. Default: they write on this one. */
  writer?: Backend;
  /** Hand-written kernels; null where every op is a composite of tf ops. */
  kernels: Partial<Kernels> | null;
  /** Bytes that tensors can take in all, where that is less than the machine's memory: a WebAssembly heap ends at 4 GB. */
  capacityBytes?: number;
  /** Bytes that its heap has come to; it never shrinks. */
  heapBytes?(): number;
  close(): Promise<void>;
}
