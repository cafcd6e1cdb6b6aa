import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { syncFolder, writeWhole } from '../../../weights/files.ts';
import { canSetUp, libtensorflowFolder, type Manifest, tensorflowVersion, type Variant, variantFolder } from '../folder.ts';
import { checkCompilers, compileAddons } from './compile.ts';
import { obtain } from './obtain.ts';
import { unzip } from './unzip.ts';
import { fetchedBytes, neededBytes, wheels } from './wheels.ts';

export interface SetUpOptions {
  variant: Variant;
  /** A folder that has the wheels; null fetches them. */
  from: string | null;
  /** What is being done, and how much of it (0 … 1). Called at most a few times a second. */
  onProgress: (words: string, done: number) => void;
  /** Default: `libtensorflowFolder()`. */
  base?: string;
}

/** "616 MB". */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en')} MB`;
}

/** What is fetched, its size and under which licenses: said before anything is. */
export function announcement(variant: Variant): string {
  const licenses = [...new Set(wheels[variant].map(({ license }) => license))];
  const what =
    variant === 'cpu'
      ? `TensorFlow ${tensorflowVersion} for CPUs`
      : `TensorFlow ${tensorflowVersion} for NVIDIA GPUs and NVIDIA's CUDA 12 libraries`;
  return `${what}: ${megabytes(fetchedBytes(variant))} from PyPI, ${licenses.join(' and ')}`;
}

/**
 * Fetches libtensorflow, unpacks it and compiles tfjs's binding to it. The folder appears whole, by one rename, and replaces one that is there. → that folder
 * @throws PlainError when this system has no such libraries, the disk is too full, or fetching, unpacking or compiling fails; nothing half-done is left then
 */
export async function setUpTensorflow({ variant, from, onProgress, base = libtensorflowFolder() }: SetUpOptions): Promise<string> {
  if (!canSetUp) {
    throw new PlainError(
      'engine',
      `TensorFlow can be set up on Linux on x64 only, and this is ${process.platform} on ${process.arch}. Train with WebGPU or WebAssembly.`,
    );
  }
  await checkCompilers();
  const folder = variantFolder(variant, base);
  const temporary = `${folder}.${process.pid}.writing`;
  const downloads = join(temporary, 'downloads');
  clearLeftovers(base);
  mkdirSync(downloads, { recursive: true });
  try {
    checkSpace(variant, base);
    const total = fetchedBytes(variant);
    let before = 0;
    for (const wheel of wheels[variant]) {
      const share = (bytes: number) => Math.min(1, (before + Math.min(bytes, wheel.bytes)) / total);
      const fetching = throttled((bytes) => onProgress(`Fetching ${wheel.project} ${wheel.version}`, share(bytes)));
      const path = await obtain(wheel, downloads, from, fetching);
      let unpacked = 0;
      const unpacking = throttled((bytes) => onProgress(`Unpacking ${wheel.project}`, share(bytes)));
      const names = await unzip(path, temporary, wheel.wanted, (bytes) => {
        unpacked += bytes;
        unpacking(unpacked);
      });
      if (names.length === 0) throw new PlainError('damaged', `${wheel.file} has none of the files that it should have.`);
      if (from === null) rmSync(path);
      before += wheel.bytes;
    }
    onProgress('Compiling the binding', 1);
    await compileAddons(temporary);
    for (const rest of ['downloads', 'tensorflow/include']) rmSync(join(temporary, rest), { recursive: true });
    const manifest: Manifest = { version: tensorflowVersion, variant, node: process.version };
    writeWhole(join(temporary, 'manifest.json'), JSON.stringify(manifest, null, 2));
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
    syncFolder(base);
    return folder;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** What a set-up that was killed has left: folders named after a process that is gone. */
function clearLeftovers(base: string): void {
  if (!existsSync(base)) return;
  for (const name of readdirSync(base)) {
    const pid = /\.(\d+)\.writing$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(base, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function checkSpace(variant: Variant, base: string): void {
  const { bavail, bsize } = statfsSync(base);
  const needed = neededBytes(variant);
  if (bavail * bsize >= needed) return;
  throw new PlainError(
    'no_space',
    `Setting up TensorFlow needs ${megabytes(needed)} free in ${base}, and ${megabytes(bavail * bsize)} are. Free some, or name another folder with PLUMBLINE_LIBTENSORFLOW.`,
  );
}

/** Lets a call through every quarter of a second. */
function throttled(call: (value: number) => void): (value: number) => void {
  let last = 0;
  return (value) => {
    if (Date.now() - last < 250) return;
    last = Date.now();
    call(value);
  };
}
