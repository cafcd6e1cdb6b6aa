import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { bytesOf, type DType, isDType, toBfloat16, toFloats } from './dtypes.ts';
import { writeWhole } from './files.ts';

export interface HostTensor {
  shape: number[];
  data: Float32Array;
}

export interface StoredTensor extends HostTensor {
  /** As in the file; `data` is widened to float32. */
  dtype: DType;
}

export interface Safetensors {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

/** Hugging Face refuses longer headers too. */
const longestHeader = 100_000_000;

const entry = z.object({ dtype: z.string(), shape: z.array(z.int().min(0)), data_offsets: z.tuple([z.int().min(0), z.int().min(0)]) });

/**
 * Reads a `.safetensors` file, or the shards that a `model.safetensors.index.json` names. Trusts nothing in the header.
 * @throws PlainError `not_found`, or `damaged` when the header does not describe the bytes that are there.
 */
export function readSafetensors(path: string): Safetensors {
  return path.endsWith('.json') ? readShards(path) : readOne(path);
}

/**
 * Writes float32 or bfloat16 (rounded to nearest). A bare array is stored with one dimension. The file appears whole or not at all.
 * @throws PlainError `no_space`.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, HostTensor | Float32Array>,
  options: { dtype?: 'F32' | 'BF16'; metadata?: Record<string, string> } = {},
): void {
  const dtype = options.dtype ?? 'F32';
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...options.metadata } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, tensor] of tensors) {
    const { shape, data } = tensor instanceof Float32Array ? { shape: [tensor.length], data: tensor } : tensor;
    const stored = dtype === 'BF16' ? toBfloat16(data) : data;
    header[name] = { dtype, shape, data_offsets: [offset, offset + stored.byteLength] };
    parts.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
    offset += stored.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20);
  padded.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
  writeWhole(path, length, padded, ...parts);
}

function readShards(path: string): Safetensors {
  const index = z.object({ weight_map: z.record(z.string(), z.string()) }).safeParse(parseJson(path, readText(path)));
  if (!index.success) throw damaged(path, 'it has no "weight_map"');
  const merged: Safetensors = { tensors: new Map(), metadata: {} };
  const names = new Set(Object.values(index.data.weight_map));
  for (const name of names) {
    if (basename(name) !== name) throw damaged(path, `it names a shard outside its folder: ${name}`);
    const shard = readOne(join(dirname(path), name));
    for (const [tensor, stored] of shard.tensors) merged.tensors.set(tensor, stored);
    Object.assign(merged.metadata, shard.metadata);
  }
  for (const [tensor, shard] of Object.entries(index.data.weight_map)) {
    if (!merged.tensors.has(tensor)) throw damaged(path, `"${tensor}" is not in ${shard}`);
  }
  return merged;
}

function readOne(path: string): Safetensors {
  const file = open(path);
  try {
    const size = fstatSync(file).size;
    const read = (position: number, length: number) => {
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length; ) {
        const got = readSync(file, bytes, done, Math.min(length - done, 1 << 30), position + done);
        if (got === 0) throw damaged(path, 'it ends early');
        done += got;
      }
      return bytes;
    };
    if (size < 8) throw damaged(path, 'it is shorter than a header');
    const headerLength = Number(new DataView(read(0, 8).buffer).getBigUint64(0, true));
    if (headerLength > longestHeader || headerLength > size - 8) throw damaged(path, `its header claims ${headerLength} bytes`);
    const { entries, metadata } = parseHeader(path, new TextDecoder().decode(read(8, headerLength)), size - 8 - headerLength);
    const tensors = new Map<string, StoredTensor>();
    for (const { name, dtype, shape, from, to } of entries) {
      tensors.set(name, { dtype, shape, data: toFloats(dtype, read(8 + headerLength + from, to - from)) });
    }
    return { tensors, metadata };
  } finally {
    closeSync(file);
  }
}

/** Entries in the order of their bytes; they must fill `dataLength` without gap or overlap. */
function parseHeader(path: string, text: string, dataLength: number) {
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(path, text));
  if (!parsed.success) throw damaged(path, 'its header is not an object');
  const { __metadata__, ...rest } = parsed.data;
  const metadata = z.record(z.string(), z.string()).safeParse(__metadata__ ?? {});
  if (!metadata.success) throw damaged(path, 'its metadata are not text');
  const entries = Object.entries(rest).map(([name, value]) => {
    const known = entry.safeParse(value);
    if (!known.success) throw damaged(path, `its header describes "${name}" wrongly`);
    const { dtype, shape, data_offsets } = known.data;
    if (!isDType(dtype))
      throw new PlainError('bad_input', `${path}: "${name}" is stored as ${dtype}, which is not supported. Convert it to F32 or BF16.`);
    const [from, to] = data_offsets;
    const bytes = shape.reduce((product, length) => product * length, 1) * bytesOf[dtype];
    if (to - from !== bytes) throw damaged(path, `"${name}" claims ${to - from} bytes for a shape of ${bytes}`);
    return { name, dtype, shape, from, to };
  });
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of entries) {
    if (from !== end) throw damaged(path, `"${name}" does not begin where the tensor before it ends`);
    end = to;
  }
  if (end !== dataLength) throw damaged(path, `its header describes ${end} bytes and ${dataLength} follow`);
  return { entries, metadata: metadata.data };
}

function open(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw new PlainError('not_found', `There is no weights file at ${path}.`, { cause: error });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new PlainError('not_found', `There is no file at ${path}.`, { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, 'its JSON cannot be read', error);
  }
}

function damaged(path: string, why: string, cause?: unknown): PlainError {
  return new PlainError('damaged', `The weights file ${path} is damaged: ${why}. Copy or download it again.`, { cause });
}
