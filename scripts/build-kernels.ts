// `npm run build:kernels`: compiles src/main/engine/backends/wasm/assembly (AssemblyScript) into the committed kernels.wasm beside it.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('../src/main/engine/backends/wasm/', import.meta.url));

/** Where the committed binary lies. */
export const kernelsPath = join(folder, 'kernels.wasm');

const options = [
  ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
  // tfjs's heap: shared, grown by tfjs alone up to 4 GB.
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536', '--noExportMemory'],
  ...['--enable', 'simd', '--enable', 'relaxed-simd', '--enable', 'threads'],
];

/** Compiles the kernels. Throws with the compiler's report when they do not compile, or when the module would bring data into tfjs's heap. */
export async function compileKernels(): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(['assembly/index.ts', '--outFile', 'kernels.wasm', ...options], {
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
  const binary = await compileKernels();
  await writeFile(`${kernelsPath}.new`, binary);
  await rename(`${kernelsPath}.new`, kernelsPath);
  console.log(`kernels.wasm: ${binary.length} bytes`);
}
