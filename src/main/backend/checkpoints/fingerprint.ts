import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';

export interface Fingerprint {
  /** sha256 of the sorted list of file names and their sha256. */
  hash: string;
  bytes: number;
  parameters: number;
  /** As the checkpoint's config.json names it. */
  architecture: string;
  tokenizerHash: string | null;
  files: string[];
}

/** The largest safetensors header that is read; the format's own limit is the same. */
const longestHeader = 100 * 1024 * 1024;

/**
 * What a checkpoint folder is, by its content: the same files give the same hash wherever they lie.
 * @throws PlainError bad_input when the folder holds links or no weights; damaged when a weights file lies about itself
 */
export function fingerprint(folder: string): Fingerprint {
  const steps = fingerprinting(folder);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
}

/** The same, and whoever else this process serves is served meanwhile. */
export async function fingerprintSlowly(folder: string): Promise<Fingerprint> {
  const steps = fingerprinting(folder);
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Yields after each MiB that it has read. */
function* fingerprinting(folder: string): Generator<void, Fingerprint> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort();
  const digest = createHash('sha256');
  let bytes = 0;
  let parameters = 0;
  let tokenizerHash: string | null = null;
  for (const name of files) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (!found.isFile())
      throw new PlainError('bad_input', `${path} is a link, not a file. Copy the checkpoint's real files into the folder and try again.`);
    const hash = yield* hashing(path);
    digest.update(`${name}\0${hash}\n`);
    bytes += found.size;
    if (name.endsWith('.safetensors')) parameters += parametersIn(path, found.size);
    if (name === 'tokenizer.json') tokenizerHash = hash;
  }
  if (parameters === 0)
    throw new PlainError(
      'bad_input',
      `${folder} holds no weights (*.safetensors), so it is no checkpoint. Choose the folder that has them.`,
    );
  return { hash: digest.digest('hex'), bytes, parameters, architecture: architectureOf(folder), tokenizerHash, files };
}

/** sha256 of a file, in bounded memory. */
function* hashing(path: string): Generator<void, string> {
  const digest = createHash('sha256');
  const file = openSync(path, 'r');
  // Its own, since several may be read at once.
  const chunk = Buffer.alloc(1 << 20);
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) {
      digest.update(chunk.subarray(0, read));
      yield;
    }
  } finally {
    closeSync(file);
  }
  return digest.digest('hex');
}

const config = z.looseObject({ architectures: z.array(z.string()).optional(), model_type: z.string().optional() });

function architectureOf(folder: string): string {
  try {
    const { architectures, model_type } = config.parse(JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
    return architectures?.[0] ?? model_type ?? 'unknown';
  } catch (error) {
    throw new PlainError(
      'bad_input',
      `${join(folder, 'config.json')} is missing or is not the configuration of a model. Choose a folder as the Hugging Face Hub has them.`,
      {
        cause: error,
      },
    );
  }
}

const header = z.record(z.string(), z.unknown());
const entry = z.object({ shape: z.array(z.int().min(0)) });

/** How many numbers a safetensors file declares, by its header alone (8 bytes of length, little-endian, then JSON). */
function parametersIn(path: string, size: number): number {
  const file = openSync(path, 'r');
  try {
    const prefix = Buffer.alloc(8);
    const length = readSync(file, prefix) === 8 ? prefix.readBigUInt64LE() : 0n;
    if (length === 0n || length > BigInt(Math.min(longestHeader, size - 8))) throw new Error('the length of its header is wrong');
    const text = Buffer.alloc(Number(length));
    readSync(file, text, 0, text.length, 8);
    let count = 0;
    for (const [name, tensor] of Object.entries(header.parse(JSON.parse(text.toString('utf8'))))) {
      if (name !== '__metadata__') count += entry.parse(tensor).shape.reduce((product, side) => product * side, 1);
    }
    return count;
  } catch (error) {
    throw new PlainError('damaged', `${path} is not a whole safetensors file. Copy or download it again.`, { cause: error });
  } finally {
    closeSync(file);
  }
}
