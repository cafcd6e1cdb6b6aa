import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Doctor, SystemApi } from '#shared/api/system.ts';
import { version } from '#shared/version.ts';
import { sqliteVersion } from '#store/connection.ts';
import { createHubToken, type HubToken } from './hub-token.ts';
import type { Machine } from './machine/index.ts';

/** What this machine offers, and what was refused and why. */
export function createSystem(machine: Machine, hubToken: HubToken = createHubToken(null)): SystemApi {
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
        ...(await machine.examine()),
      };
    },
    chooseBackend: machine.chooseBackend,
    setUpTensorflow: machine.setUpTensorflow,
    hubToken: hubToken.status,
    keepHubToken: ({ token }) => hubToken.keep(token),
    forgetHubToken: hubToken.forget,
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
