import type { KernelSettings } from './compile.ts';

/**
 * What the main thread and the workers of pool.ts share: words of an Int32Array.
 *
 * An operation is cut into chunks; whoever is free takes the next one. TICKET holds the operation's number (20 bits) and how many chunks are still to be taken (12 bits).
 * A worker takes a chunk by lowering TICKET by one, which fails when the main thread has meanwhile gone on to the next operation. So a worker that the system put to sleep
 * never holds the others up by more than the chunk in its hands, and one that wakes late finds nothing to do.
 */
export const Word = {
  /** Number of the current operation: workers wait for it to change. */
  OPERATION: 0,
  TICKET: 1,
  /** Chunks finished: the main thread waits for all. */
  DONE: 2,
  /** 1 after a kernel threw in a worker. */
  FAILED: 3,
  /** 1: workers leave. */
  CLOSED: 4,
  COUNT: 5,
} as const;

/** Places of the operation's description in a Float64Array. */
export const Field = {
  KERNEL: 0,
  /** Units (rows, columns, items, floats) in all, and of a chunk. */
  UNITS: 1,
  CHUNK: 2,
  /** Scratch memory: address of the first thread's, bytes of each. */
  SCRATCH: 3,
  SCRATCH_BYTES: 4,
  /** How many arguments follow. */
  LENGTH: 5,
  ARGUMENTS: 6,
  COUNT: 32,
} as const;

/** Words that the host looks at in what the threads share of a program; the rest, and the meaning, are in assembly/decode/program.ts. */
export const ProgramState = {
  /** The lower half of the ticket: it changes with every tile and every task. */
  TICKET: 0,
  WAKE: 260 / 4,
  PRESENT: 320 / 4,
  /** Bytes for so many threads. */
  bytes: (threads: number): number => 448 + 64 * threads,
} as const;

/** Bits of the ticket that count chunks, and how many they can count. */
const CHUNK_BITS = 12;
export const MAXIMUM_CHUNKS = 2 ** CHUNK_BITS - 1;
/** Numbers of operations, after which they begin anew. */
const OPERATIONS = 2 ** (32 - CHUNK_BITS);

/** The number of the operation after `operation`. */
export function numberAfter(operation: number): number {
  return (operation + 1) % OPERATIONS;
}

/** The ticket of an operation of which no chunk has been taken. */
export function ticketOf(operation: number, chunks: number): number {
  return (operation << CHUNK_BITS) | chunks;
}

export interface WorkerSettings {
  /** kernels.wasm and decode.wasm. */
  modules: readonly WebAssembly.Module[];
  memory: WebAssembly.Memory;
  settings: KernelSettings;
  /** Address of what the threads share of a program. */
  program: number;
  words: SharedArrayBuffer;
  fields: SharedArrayBuffer;
  /** 1, 2, …: the main thread is 0. */
  index: number;
}

/** Takes the next chunk of operation `operation`: its index, or −1 when there is none left or another operation has begun. */
export function takeChunk(words: Int32Array, operation: number): number {
  for (;;) {
    const ticket = Atomics.load(words, Word.TICKET);
    const left = ticket & MAXIMUM_CHUNKS;
    if (left === 0 || ticket >>> CHUNK_BITS !== operation) return -1;
    if (Atomics.compareExchange(words, Word.TICKET, ticket, ticket - 1) === ticket) return left - 1;
  }
}

/** Spins of about 25 ns before a thread parks: long enough to bridge the gap between two operations, short enough to leave the core to others. */
const SPINS = 2000;

/** Returns when word `index` is no longer `value`, or after `milliseconds`. */
export function awaitChange(words: Int32Array, index: number, value: number, milliseconds = Number.POSITIVE_INFINITY): void {
  for (let spin = 0; spin < SPINS; spin++) {
    if (Atomics.load(words, index) !== value) return;
    Atomics.pause();
  }
  Atomics.wait(words, index, value, milliseconds);
}

/** Makes an Atomics.pause where the language library of the type checker has none yet. */
declare global {
  interface Atomics {
    pause(iterations?: number): void;
  }
}
