import { writePieces } from '../../weights/files.ts';
import { magic } from './read.ts';
import { type GgmlType, numberOfType } from './types.ts';

/** A value of metadata with the kind that it is stored as. */
export type GgufEntry =
  | { kind: 'u32' | 'f32'; value: number }
  | { kind: 'bool'; value: boolean }
  | { kind: 'text'; value: string }
  | { kind: 'texts'; value: readonly string[] }
  | { kind: 'i32s' | 'f32s'; value: readonly number[] };

export interface GgufOut {
  name: string;
  /** Outermost first. */
  shape: readonly number[];
  type: GgmlType;
  /** The stored bytes in order. */
  chunks(): Iterable<Uint8Array>;
}

const alignment = 32;

/**
 * Writes a GGUF file of version 3, whole or not at all. `between` is awaited after each piece with the bytes that it had, and may throw to give up.
 * @throws PlainError `no_space`.
 */
export function writeGguf(
  path: string,
  metadata: readonly (readonly [key: string, entry: GgufEntry])[],
  tensors: readonly GgufOut[],
  between: (bytes: number) => Promise<void>,
): Promise<void> {
  let offset = 0;
  const placed = tensors.map((tensor) => {
    const at = offset;
    offset += padded(bytesIn(tensor));
    return { ...tensor, at };
  });
  const header = joined([
    ...[u32(magic), u32(3), u64(tensors.length), u64(metadata.length)],
    ...metadata.flatMap(([key, entry]) => [text(key), ...entryBytes(entry)]),
    ...placed.flatMap(({ name, shape, type, at }) => [
      ...[text(name), u32(shape.length), ...shape.toReversed().map(u64)],
      ...[u32(numberOfType(type.name)), u64(at)],
    ]),
  ]);
  const pieces = (function* () {
    yield withPadding(header);
    for (const tensor of tensors) {
      yield* tensor.chunks();
      const bytes = bytesIn(tensor);
      if (padded(bytes) > bytes) yield new Uint8Array(padded(bytes) - bytes);
    }
  })();
  return writePieces(path, pieces, between);
}

export function bytesIn({ shape, type }: Pick<GgufOut, 'shape' | 'type'>): number {
  return (shape.reduce((product, length) => product * length, 1) / type.block) * type.bytes;
}

function entryBytes(entry: GgufEntry): Uint8Array[] {
  switch (entry.kind) {
    case 'u32':
      return [u32(4), u32(entry.value)];
    case 'f32':
      return [u32(6), new Uint8Array(Float32Array.of(entry.value).buffer)];
    case 'bool':
      return [u32(7), Uint8Array.of(entry.value ? 1 : 0)];
    case 'text':
      return [u32(8), text(entry.value)];
    case 'texts':
      return [u32(9), u32(8), u64(entry.value.length), ...entry.value.map(text)];
    case 'i32s':
      return [u32(9), u32(5), u64(entry.value.length), new Uint8Array(Int32Array.from(entry.value).buffer)];
    case 'f32s':
      return [u32(9), u32(6), u64(entry.value.length), new Uint8Array(Float32Array.from(entry.value).buffer)];
  }
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function u64(value: number): Uint8Array {
  return new Uint8Array(BigUint64Array.of(BigInt(value)).buffer);
}

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joined([u64(bytes.length), bytes]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function withPadding(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(padded(bytes.length));
  whole.set(bytes);
  return whole;
}
