import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';
import { Cursor } from './cursor.ts';
import { type GgmlType, nameOfType, readableTypeNames, readableTypes } from './types.ts';

/** A value of a GGUF file's metadata. 64-bit numbers are as exact as a double. */
export type GgufValue = string | number | boolean | GgufValue[];

export interface GgufTensor {
  name: string;
  /** Outermost first, as everywhere else in this program (the file has it innermost first). */
  shape: number[];
  type: GgmlType;
  /** From the start of the file. */
  offset: number;
  bytes: number;
}

/** An opened GGUF file: its header, checked, and its tensors' bytes on demand. */
export interface Gguf {
  path: string;
  metadata: ReadonlyMap<string, GgufValue>;
  tensors: ReadonlyMap<string, GgufTensor>;
  /** Fills `into` from `position` of the file on. */
  read(into: Uint8Array, position: number): void;
  close(): void;
}

export const magic = 0x46554747; // "GGUF", little-endian
/** Models have some tens of thousands of tensors at the very most, and some hundreds of keys. */
const mostTensors = 100_000;
const mostKeys = 10_000;
/** A vocabulary of 256,000 tokens with merges and scores stays far below. */
const longestHeader = 512 * 2 ** 20;
const mostValues = 4_000_000;
const mostDimensions = 4;

/** True when the file begins as a GGUF file does. */
export function isGguf(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(4);
    return readSync(file, bytes, 0, 4, 0) === 4 && new DataView(bytes.buffer).getUint32(0, true) === magic;
  } finally {
    closeSync(file);
  }
}

/**
 * Opens a GGUF file of version 2 or 3 (ggml/docs/gguf.md) and reads its header, trusting nothing in it: counts, lengths, names, offsets and sizes are held against the file's
 * own length. The caller closes it.
 * @throws PlainError `damaged` for a header that lies, `bad_input` for a version or a tensor type that is not read here.
 */
export function openGguf(path: string): Gguf {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const refuse = (why: string): never => {
      throw new PlainError('damaged', `The model file ${path} is damaged: ${why}. Copy or download it again.`);
    };
    const cursor = new Cursor(file, size, refuse);
    if (size < 24 || cursor.u32() !== magic) refuse('it does not begin as a GGUF file');
    const version = cursor.u32();
    if (version !== 2 && version !== 3) {
      throw new PlainError(
        'bad_input',
        `${path} is GGUF version ${version}; versions 2 and 3 can be read. Convert the model again with a current llama.cpp.`,
      );
    }
    const tensorCount = cursor.u64();
    const keyCount = cursor.u64();
    if (tensorCount === 0 || tensorCount > mostTensors) refuse(`it claims ${tensorCount} tensors`);
    if (keyCount > mostKeys) refuse(`it claims ${keyCount} entries of metadata`);
    const metadata = readMetadata(cursor, keyCount, refuse);
    const alignment = metadata.get('general.alignment') ?? 32;
    if (typeof alignment !== 'number' || alignment < 8 || alignment > 2 ** 20 || alignment % 8 !== 0)
      refuse('its alignment makes no sense');
    const described = Array.from({ length: tensorCount }, () => readTensor(path, cursor, refuse));
    const dataStart = Math.ceil(cursor.position / Number(alignment)) * Number(alignment);
    const tensors = placed(described, dataStart, Number(alignment), size, refuse);
    return {
      path,
      metadata,
      tensors,
      read(into, position) {
        for (let done = 0; done < into.length; ) {
          const got = readSync(file, into, done, Math.min(into.length - done, 1 << 30), position + done);
          if (got === 0) refuse('it ends early');
          done += got;
        }
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

type Refuse = (why: string) => never;

function readMetadata(cursor: Cursor, count: number, refuse: Refuse): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  let values = 0;
  const value = (type: number, nested: boolean): GgufValue => {
    if (++values > mostValues || cursor.position > longestHeader) refuse('its metadata never end');
    switch (type) {
      case 0:
        return cursor.u8();
      case 1:
        return cursor.i8();
      case 2:
        return cursor.u16();
      case 3:
        return cursor.i16();
      case 4:
        return cursor.u32();
      case 5:
        return cursor.i32();
      case 6:
        return cursor.f32();
      case 7:
        return cursor.u8() !== 0;
      case 8:
        return text(cursor, refuse);
      case 9: {
        if (nested) refuse('its metadata hold lists of lists');
        const of = cursor.u32();
        const length = cursor.u64();
        if (!(length <= Math.min(mostValues, cursor.remaining)))
          refuse(`a list of ${length} values is claimed where ${cursor.remaining} bytes are left`);
        const list: GgufValue[] = [];
        for (let i = 0; i < length; i++) list.push(value(of, true));
        return list;
      }
      case 10:
        return cursor.u64();
      case 11:
        return cursor.i64();
      case 12:
        return cursor.f64();
      default:
        return refuse(`its metadata hold a value of unknown kind ${type}`);
    }
  };
  for (let i = 0; i < count; i++) {
    const key = text(cursor, refuse);
    if (metadata.has(key)) refuse(`it has "${shortened(key)}" twice`);
    metadata.set(key, value(cursor.u32(), false));
  }
  return metadata;
}

function text(cursor: Cursor, refuse: Refuse): string {
  const bytes = cursor.bytes(cursor.u64());
  if (cursor.position > longestHeader) refuse('its metadata never end');
  return new TextDecoder().decode(bytes);
}

type Described = Omit<GgufTensor, 'bytes'>;

function readTensor(path: string, cursor: Cursor, refuse: Refuse): Described {
  const name = text(cursor, refuse);
  const dimensions = cursor.u32();
  if (dimensions === 0 || dimensions > mostDimensions) refuse(`"${shortened(name)}" has ${dimensions} dimensions`);
  const shape = Array.from({ length: dimensions }, () => cursor.u64()).reverse();
  const number = cursor.u32();
  const type = readableTypes[number];
  if (!type) {
    throw new PlainError(
      'bad_input',
      `${path}: "${shortened(name)}" is stored as ${nameOfType(number)}, which cannot be read. These can: ${readableTypeNames}.`,
    );
  }
  return { name, shape, type, offset: cursor.u64() };
}

/** With sizes, in the file and without overlap. */
function placed(described: Described[], dataStart: number, alignment: number, size: number, refuse: Refuse): Map<string, GgufTensor> {
  const tensors = new Map<string, GgufTensor>();
  for (const { name, shape, type, offset } of described) {
    const shown = shortened(name);
    if (tensors.has(name)) refuse(`it has the tensor "${shown}" twice`);
    const count = shape.reduce((product, length) => product * length, 1);
    if (count === 0 || shape.at(-1)! % type.block !== 0) refuse(`"${shown}" has a shape that ${type.name} cannot store`);
    const bytes = (count / type.block) * type.bytes;
    if (offset % alignment !== 0) refuse(`"${shown}" is not aligned`);
    if (!(dataStart + offset + bytes <= size)) refuse(`"${shown}" reaches beyond its end`);
    tensors.set(name, { name, shape, type, offset: dataStart + offset, bytes });
  }
  let end = dataStart;
  for (const { name, offset, bytes } of [...tensors.values()].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) refuse(`"${shortened(name)}" overlaps the tensor before it`);
    end = offset + bytes;
  }
  return tensors;
}

function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}
