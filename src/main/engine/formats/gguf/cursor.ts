import { readSync } from 'node:fs';

const window = 1 << 20;

/** Reads little-endian values from a file, one after the other, through a window of 1 MiB. Never past the end: `refuse` is called and must throw. */
export class Cursor {
  readonly #file: number;
  readonly #size: number;
  readonly #refuse: (why: string) => never;
  readonly #buffer = new Uint8Array(window);
  readonly #view = new DataView(this.#buffer.buffer);
  #bufferStart = 0;
  #bufferLength = 0;
  #position = 0;

  constructor(file: number, size: number, refuse: (why: string) => never) {
    this.#file = file;
    this.#size = size;
    this.#refuse = refuse;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#size - this.#position;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  i8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  i16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }
  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  i32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  f32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }
  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }
  /** As a number: what is too large to be exact is too large to be true here. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }
  i64(): number {
    return Number(this.#view.getBigInt64(this.#take(8), true));
  }

  /** So many bytes, copied. */
  bytes(length: number): Uint8Array {
    if (!(length <= this.remaining)) this.#refuse(`a text of ${length} bytes is claimed where ${this.remaining} are left`);
    if (length <= window) {
      const start = this.#take(length);
      return this.#buffer.slice(start, start + length);
    }
    const whole = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const part = Math.min(window, length - done);
      const start = this.#take(part);
      whole.set(this.#buffer.subarray(start, start + part), done);
      done += part;
    }
    return whole;
  }

  /** Moves on by `length` and says where in the buffer those bytes begin. */
  #take(length: number): number {
    if (length > this.remaining) this.#refuse('it ends in the middle of its header');
    if (this.#position + length > this.#bufferStart + this.#bufferLength) {
      this.#bufferStart = this.#position;
      this.#bufferLength = readSync(this.#file, this.#buffer, 0, window, this.#position);
      if (this.#bufferLength < length) this.#refuse('it ends in the middle of its header');
    }
    const start = this.#position - this.#bufferStart;
    this.#position += length;
    return start;
  }
}
