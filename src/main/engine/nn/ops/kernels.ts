import type { Kernels } from '../../backends/kernels.ts';
import { composite } from './composite/index.ts';

let current: Kernels = composite;

/**
 * The one seam between semantic ops and backends. Every op of this folder calls `kernels().someOp` for its forward and its gradient and is put on the tape
 * once, by `taped`; it never asks which backend it runs on. A backend brings the kernels it has; what it lacks runs as the composite of tf ops, which is
 * also the reference that kernels are tested against. So a new backend (WGSL, libtensorflow) adds an object of kernels and changes nothing here.
 *
 * A kernel and its gradient come together: whoever brings `norm` brings `normGradient`, because what a forward saves only its own gradient can read.
 */
export function kernels(): Kernels {
  return current;
}

/** Makes a backend's kernels current; null goes back to the composites alone. Called by `openBackend`, and by tests. */
export function installKernels(own: Partial<Kernels> | null): void {
  current = own === null ? composite : fill(own);
}

/** What a backend may have beyond the composites. */
const optional = [
  'addLinear',
  'linearOnto',
  'scaledLinear',
  'attentionOfOne',
  'attentionOfOneGradient',
  'ropeOfBoth',
  'decodeStep',
  'openDecoding',
  'accumulate',
  'sumOfSquaresOfAll',
  'adamwOfAll',
] as const;

/** Binds each kernel to its object, so that a class with private state can be a backend's kernels. */
function fill(own: Partial<Kernels>): Kernels {
  const bound: Record<string, unknown> = { ...composite };
  for (const name of [...Object.keys(composite), ...optional] as (keyof Kernels)[]) {
    const kernel = own[name] as ((...inputs: unknown[]) => unknown) | undefined;
    if (kernel) bound[name] = kernel.bind(own);
  }
  return bound as unknown as Kernels;
}
