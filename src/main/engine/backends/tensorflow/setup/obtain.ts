import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Wheel } from './wheels.ts';

/**
 * Brings a wheel: from `from`, a folder of wheels that are there already, else by pip where there is one (it knows mirrors and proxies), else from PyPI. → its path
 * @throws PlainError `not_found` when `from` has it not, `engine` when it could not be fetched, `damaged` when it is not the pinned file
 */
export async function obtain(wheel: Wheel, folder: string, from: string | null, onBytes: (bytes: number) => void): Promise<string> {
  const path = from === null ? await fetchWheel(wheel, folder, onBytes) : join(from, wheel.file);
  if (!existsSync(path))
    throw new PlainError('not_found', `${from} has no ${wheel.file}. Put it there, or leave out --from to fetch it from PyPI.`);
  if ((await sha256(path)) !== wheel.sha256) {
    throw new PlainError(
      'damaged',
      `${wheel.file} is not the file that Plumbline expects (its sha256 differs). Delete it and fetch it again.`,
    );
  }
  return path;
}

async function fetchWheel(wheel: Wheel, folder: string, onBytes: (bytes: number) => void): Promise<string> {
  if (await byPip(wheel, folder, onBytes)) return join(folder, wheel.file);
  try {
    return await byHttps(wheel, folder, onBytes);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOSPC')
      throw new PlainError('no_space', `There is no space left on the disk for ${wheel.file}. Free some, then try again.`);
    throw new PlainError(
      'engine',
      `${wheel.file} could not be fetched from PyPI: ${sentenceOf(error)}. Check the network and try again, or fetch it elsewhere and name its folder with --from.`,
      { cause: error },
    );
  }
}

/** The wheel for CPython 3.11, whatever Python pip runs on: its libraries need no Python. → whether it came */
async function byPip({ project, version, file }: Wheel, folder: string, onBytes: (bytes: number) => void): Promise<boolean> {
  const platform = [
    '--only-binary=:all:',
    '--python-version=3.11',
    '--implementation=cp',
    '--abi=cp311',
    '--platform=manylinux2014_x86_64',
  ];
  const command = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--dest', folder];
  // pip keeps what it has so far under TMPDIR, whose growth is the progress.
  const child = spawn('python3', [...command, ...platform, `${project}==${version}`], {
    stdio: 'ignore',
    env: { ...process.env, TMPDIR: folder },
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  const ticking = setInterval(() => onBytes(sizeOf(folder)), 500);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null)); // no Python
    child.on('close', resolve);
  });
  clearInterval(ticking);
  process.off('exit', stop);
  return code === 0 && existsSync(join(folder, file));
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** PyPI's index of a project (PEP 691). */
const index = z.object({ files: z.array(z.object({ filename: z.string(), url: z.url({ protocol: /^https$/ }) })) });

async function byHttps({ project, file }: Wheel, folder: string, onBytes: (bytes: number) => void): Promise<string> {
  const listing = await get(`https://pypi.org/simple/${project}/`, 'application/vnd.pypi.simple.v1+json');
  const url = index.parse(await listing.json()).files.find(({ filename }) => filename === file)?.url;
  if (url === undefined) throw new Error(`PyPI does not list it`);
  const { body } = await get(url, '*/*');
  if (body === null) throw new Error('PyPI answered without a file');
  const path = join(folder, file);
  let bytes = 0;
  const source = Readable.fromWeb(body as ReadableStream).on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    onBytes(bytes);
  });
  try {
    await pipeline(source, createWriteStream(`${path}.part`, { flush: true }));
    renameSync(`${path}.part`, path);
  } finally {
    rmSync(`${path}.part`, { force: true });
  }
  return path;
}

async function get(url: string, accept: string): Promise<Response> {
  const response = await fetch(url, { headers: { accept } });
  if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
  return response;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
