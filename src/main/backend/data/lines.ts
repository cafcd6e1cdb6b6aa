import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { PlainError } from '#shared/errors.ts';

export interface Line {
  /** From 1. */
  number: number;
  text: string;
}

/** A longer line is no row of anybody's data; reading on would fill the memory. */
const longestLine = 64 * 1024 * 1024;
const newline = 0x0a;

/**
 * The lines of a UTF-8 file (with or without byte order mark, LF or CRLF), in bounded memory.
 * @throws PlainError when a line is not UTF-8 (with the byte offset) or longer than 64 MB.
 */
export async function* linesOf(path: string): AsyncGenerator<Line> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let number = 0;
  let offset = 0;

  const take = (end: Buffer): Line => {
    let bytes = pending.length === 0 ? end : Buffer.concat([...pending, end]);
    const start = offset;
    offset += bytes.length + 1;
    pending = [];
    pendingBytes = 0;
    number += 1;
    if (!isUtf8(bytes)) {
      const at = start + firstInvalidByte(bytes);
      throw new PlainError(
        'bad_input',
        `The file is not UTF-8: byte ${at.toLocaleString('en')} (line ${number.toLocaleString('en')}) cannot be read. Save it as UTF-8 and import it again; nothing was imported.`,
      );
    }
    if (number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    if (bytes.at(-1) === 0x0d) bytes = bytes.subarray(0, -1);
    return { number, text: bytes.toString('utf8') };
  };

  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      yield take(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length) {
      pending.push(chunk.subarray(from));
      pendingBytes += chunk.length - from;
      if (pendingBytes > longestLine) {
        throw new PlainError(
          'bad_input',
          `Line ${(number + 1).toLocaleString('en')} is longer than 64 MB. Plumbline reads JSON lines: one object a line.`,
        );
      }
    }
  }
  if (pending.length > 0) yield take(Buffer.alloc(0));
}

/** Where the first byte stands that is not part of a whole character; the length when all are. */
export function firstInvalidByte(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  // Bisection over prefixes; a prefix that ends inside a character is not yet wrong (stream).
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  while (!isUtf8(bytes.subarray(0, low))) low -= 1;
  return low;
}
