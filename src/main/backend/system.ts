import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tryBackend } from '#jobs/try-backend.ts';
import type { Doctor, SystemApi } from '#shared/api/system.ts';
import { version } from '#shared/version.ts';
import { sqliteVersion } from '#store/connection.ts';

/** What this machine offers, and what was refused and why. */
export function createSystem(): SystemApi {
  return {
    async doctor() {
      return {
        version,
        node: process.version,
        platform: `${process.platform} ${process.arch}`,
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        freeMemoryBytes: freemem(),
        sqlite: sqliteVersion(),
        electron: electron(),
        backends: [...(await Promise.all(Object.entries(backends).map(tried))), ...notYet],
      };
    },
  };
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

function electron(): Doctor['electron'] {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const packaged = (() => {
    try {
      return (createRequire(import.meta.url)('electron/package.json') as { version: string }).version;
    } catch {
      return null; // the packaged app has no such package: it is Electron
    }
  })();
  const fetched = existsSync(join(root, 'node_modules', 'electron', 'path.txt'));
  if (override) {
    const found = existsSync(override);
    return {
      version: found ? null : packaged,
      found,
      reason: found ? `from ${override}` : `ELECTRON_OVERRIDE_DIST_PATH holds no Electron (${override})`,
    };
  }
  return {
    version: packaged,
    found: fetched || packaged === null,
    reason: fetched || packaged === null ? null : 'its binary has not been fetched; npm start fetches it where there is a display',
  };
}

/** Backends of this version, the fastest first, with what they are in general; each is tried in a process of its own. */
const backends: Readonly<Record<string, string>> = {
  wasm: 'WebAssembly with SIMD and threads: runs everywhere, suits models up to a few million parameters',
};

async function tried([name, words]: [string, string]): Promise<Doctor['backends'][number]> {
  const found = await tryBackend(name);
  return 'words' in found
    ? { name, available: true, words: `${found.words}. ${words}`, reason: null }
    : { name, available: false, words, reason: found.reason };
}

const notYet: Doctor['backends'] = [
  { name: 'webgpu', available: false, words: 'any GPU by Vulkan, Metal or D3D12', reason: 'this version of Plumbline does not have it' },
  {
    name: 'libtensorflow',
    available: false,
    words: 'NVIDIA GPU by CUDA, or all CPU cores',
    reason: 'this version of Plumbline does not have it',
  },
];
