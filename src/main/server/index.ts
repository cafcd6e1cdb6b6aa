/** The entry of the backend process. It starts in half the time with V8's compiled code kept from the last start, for which this must run before any import. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { defaultDataFolder } from '#backend/folders.ts';

enableCompileCache(join(defaultDataFolder(), 'cache'));
await import('./process.ts');
