import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** The release that was tried (spec/engine.md): a later one's RUNPATH misses cuSOLVER, an earlier one's libraries need libpython. */
export const tensorflowVersion = '2.18.1';

export type Variant = 'cpu' | 'cuda';

/** `manifest.json` in a folder of `variantFolder`; written last, so that a folder that has it is whole. */
const manifest = z.object({ version: z.literal(tensorflowVersion), variant: z.enum(['cpu', 'cuda']), node: z.string() });
export type Manifest = z.infer<typeof manifest>;

export interface Installed extends Manifest {
  folder: string;
}

/** Where `npm run setup:libtensorflow` puts what it fetched and built: PLUMBLINE_LIBTENSORFLOW, else PLUMBLINE_DATA's, else the platform's cache. */
export function libtensorflowFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.PLUMBLINE_LIBTENSORFLOW) return environment.PLUMBLINE_LIBTENSORFLOW;
  if (environment.PLUMBLINE_DATA) return join(environment.PLUMBLINE_DATA, 'libtensorflow');
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'plumbline', 'libtensorflow');
}

export function variantFolder(variant: Variant, base: string = libtensorflowFolder()): string {
  return join(base, `${tensorflowVersion}-${variant}`);
}

/** What has been set up on this machine; the CUDA build where both are, since it computes on the CPU too. Null if nothing has. */
export function installedTensorflow(base: string = libtensorflowFolder()): Installed | null {
  for (const variant of ['cuda', 'cpu'] as const) {
    const folder = variantFolder(variant, base);
    try {
      return { ...manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'))), folder };
    } catch {
      // Not there, or left by another version of Plumbline: setting it up again replaces it.
    }
  }
  return null;
}

/** Whether this system is one that PyPI has the libraries for. */
export const canSetUp = process.platform === 'linux' && process.arch === 'x64';
