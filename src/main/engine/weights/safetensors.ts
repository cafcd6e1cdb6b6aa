import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { type DType, toBfloat16, toFloats } from './dtypes.ts';
import { writeWhole } from './files.ts';
import { damaged, headerBytes, longestHeader, parseHeader, parseJson, type SafetensorsHeader } from './safetensors-header.ts';

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

/** An opened file: its header, checked, and its bytes on demand. */
export interface SafetensorsFile extends SafetensorsHeader {
  /** `length` bytes of the data from `from` on, in a buffer of their own. */
  read(from: number, length: number): Uint8Array;
  close(): void;
}

const mostShards = 1000;

/**
 * Opens one `.safetensors` file. The caller closes it.
 * @throws PlainError `not_found`, or `damaged` when the header does not describe the bytes that are there.
 */
export function openSafetensors(path: string): SafetensorsFile {
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
    const header = parseHeader(path, new TextDecoder().decode(read(8, headerLength)), size - 8 - headerLength);
    return { ...header, read: (from, length) => read(8 + headerLength + from, length), close: () => closeSync(file) };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Reads a `.safetensors` file, or the shards that a `model.safetensors.index.json` names. Trusts nothing in the header.
 * @throws PlainError as {@link openSafetensors}.
 */
export function readSafetensors(path: string): Safetensors {
  const all: Safetensors = { tensors: new Map(), metadata: {} };
  for (const one of path.endsWith('.json') ? shardsOf(path, readText(path)) : [path]) {
    const file = openSafetensors(one);
    try {
      for (const [name, { dtype, shape, from, to }] of file.tensors) {
        if (all.tensors.has(name)) throw damaged(path, `two of its shards have "${name}"`);
        all.tensors.set(name, { dtype, shape, data: toFloats(dtype, file.read(from, to - from)) });
      }
      Object.assign(all.metadata, file.metadata);
    } finally {
      file.close();
    }
  }
  return all;
}

/**
 * Paths of the shards that an index names, each once, after checking that each has the tensors that the index says.
 * @throws PlainError `damaged`.
 */
export function shardsOf(path: string, text: string): string[] {
  const index = z.object({ weight_map: z.record(z.string(), z.string()) }).safeParse(parseJson(path, text));
  if (!index.success) throw damaged(path, 'it has no "weight_map"');
  const names = [...new Set(Object.values(index.data.weight_map))];
  if (names.length > mostShards) throw damaged(path, `it names ${names.length} shards`);
  const tensors = new Set<string>();
  for (const name of names) {
    if (basename(name) !== name) throw damaged(path, `it names a shard outside its folder: ${name}`);
    const file = openSafetensors(join(dirname(path), name));
    for (const tensor of file.tensors.keys()) tensors.add(tensor);
    file.close();
  }
  for (const [tensor, shard] of Object.entries(index.data.weight_map)) {
    if (!tensors.has(tensor)) throw damaged(path, `"${tensor}" is not in ${shard}`);
  }
  return names.map((name) => join(dirname(path), name));
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
  const described: [string, { dtype: DType; shape: number[] }][] = [];
  const parts: Uint8Array[] = [];
  for (const [name, tensor] of tensors) {
    const { shape, data } = tensor instanceof Float32Array ? { shape: [tensor.length], data: tensor } : tensor;
    const stored = dtype === 'BF16' ? toBfloat16(data) : data;
    described.push([name, { dtype, shape }]);
    parts.push(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength));
  }
  writeWhole(path, headerBytes(described, options.metadata), ...parts);
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
