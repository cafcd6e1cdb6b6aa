import { z } from 'zod';
import { PlainError } from '#shared/errors.ts';
import { bytesOf, type DType, isDType } from './dtypes.ts';

export interface TensorEntry {
  dtype: DType;
  shape: number[];
  /** Bytes from the end of the header. */
  from: number;
  to: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  tensors: Map<string, TensorEntry>;
  metadata: Record<string, string>;
}

/** Hugging Face refuses longer headers too. */
export const longestHeader = 100_000_000;

const entry = z.object({
  dtype: z.string(),
  shape: z.array(z.int().min(0)).max(16),
  data_offsets: z.tuple([z.int().min(0), z.int().min(0)]),
});

/**
 * Reads a safetensors header and trusts nothing in it: its tensors must fill the `dataLength` bytes that follow without gap or overlap, each with as many bytes as its shape takes.
 * @throws PlainError `damaged`, or `bad_input` for an element type that is not read here.
 */
export function parseHeader(path: string, text: string, dataLength: number): SafetensorsHeader {
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
  // JSON.parse keeps the last of two equal names and says nothing.
  if ((text.match(/(?<!\\)"data_offsets"\s*:/g)?.length ?? 0) > entries.length) throw damaged(path, 'its header names a tensor twice');
  entries.sort((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of entries) {
    if (from !== end) throw damaged(path, `"${name}" does not begin where the tensor before it ends`);
    end = to;
  }
  if (end !== dataLength) throw damaged(path, `its header describes ${end} bytes and ${dataLength} follow`);
  return { tensors: new Map(entries.map(({ name, ...placed }) => [name, placed])), metadata: metadata.data };
}

/** The first bytes of a file: the header's length, the header padded so that data begin aligned. */
export function headerBytes(
  tensors: Iterable<readonly [name: string, described: { dtype: DType; shape: readonly number[] }]>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt', ...metadata } };
  let offset = 0;
  for (const [name, { dtype, shape }] of tensors) {
    const bytes = shape.reduce((product, length) => product * length, 1) * bytesOf[dtype];
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(text, 8);
  return bytes;
}

export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged(path, 'its JSON cannot be read', error);
  }
}

export function damaged(path: string, why: string, cause?: unknown): PlainError {
  return new PlainError('damaged', `The weights file ${path} is damaged: ${why}. Copy or download it again.`, { cause });
}
