// `npm run build:kernels`: compiles src/main/engine/backends/wasm/assembly (AssemblyScript) into the committed kernels.wasm and decode.wasm beside it.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/main/engine/backends/wasm/', import.meta.url));

/** The modules, by the name of the committed binary: where each begins. Both share pieces, so a change to one may change the other. */
export const modules = { 'kernels.wasm': 'assembly/index.ts', 'decode.wasm': 'assembly/decode/index.ts' } as const;

export type ModuleName = keyof typeof modules;

/** Where a committed binary lies. */
export function modulePath(name: ModuleName): string {
  return join(folder, name);
}

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  // tfjs's heap: shared, grown by tfjs alone up to 4 GB.
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--noExportMemory'],
  ...['--enable', 'simd', '--enable', 'relaxed-simd', '--enable', 'threads'],
];

/** Compiles a module. Throws with the compiler's report when it does not compile, or when it would bring data into tfjs's heap. */
export async function compileModule(name: ModuleName): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([modules[name], '--outFile', name, ...options], {
    readFile: async (name: string) => await readFile(join(folder, name), 'utf8').catch(() => null),
    writeFile: (_name: string, contents: Uint8Array | string) => {
      if (contents instanceof Uint8Array) binary = contents;
    },
    listFiles: () => [],
  });
  if (error || !binary) throw new Error(`The kernels do not compile.\n${stderr.toString()}`, { cause: error });
  if (sectionIds(binary).includes(DATA_SECTION)) throw new Error('The kernels have a data segment: it would overwrite the heap of tfjs.');
  return binary;
}

const DATA_SECTION = 11;

/** Ids of the sections of a WebAssembly module, in order. */
function sectionIds(binary: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < binary.length) {
    ids.push(binary[at++] ?? 0);
    let size = 0;
    for (let shift = 0, more = true; more; shift += 7) {
      const byte = binary[at++] ?? 0;
      size |= (byte & 0x7f) << shift;
      more = byte >= 0x80;
    }
    at += size;
  }
  return ids;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of Object.keys(modules) as ModuleName[]) {
    const binary = await compileModule(name);
    await writeFile(`${modulePath(name)}.new`, binary);
    await rename(`${modulePath(name)}.new`, modulePath(name));
    console.log(`${name}: ${binary.length} bytes`);
  }
}
