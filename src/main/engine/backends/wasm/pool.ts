import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { PlainError } from '#shared/errors.ts';
import { compileKernels, instantiate, type KernelExports, kernelSettings } from './compile.ts';
import type { Heap } from './heap.ts';
import {
  awaitChange,
  Field,
  MAXIMUM_CHUNKS,
  numberAfter,
  ProgramState,
  takeChunk,
  ticketOf,
  Word,
  type WorkerSettings,
} from './protocol.ts';
import { Stalls } from './stalls.ts';

/** Names of the modules' kernels (assembly/index.ts, assembly/decode/index.ts). */
export type KernelName =
  | 'adamw'
  | 'addTo'
  | 'attentionBackward'
  | 'attentionDecode'
  | 'attentionForward'
  | 'clear'
  | 'columnSums'
  | 'embedBackward'
  | 'embedForward'
  | 'geluBackward'
  | 'geluForward'
  | 'gemm'
  | 'gemmBatch'
  | 'logProbRows'
  | 'logProbRowsBackward'
  | 'normBackward'
  | 'normForward'
  | 'normParameters'
  | 'packWeights'
  | 'rope'
  | 'storePrompts'
  | 'sumOfSquares'
  | 'swigluBackward'
  | 'swigluForward';

/** How an operation may be cut. */
export interface Extent {
  /** Rows, columns, items or floats. */
  units: number;
  /** Units that stay together. */
  grain?: number;
  /** Multiply-adds, or floats touched, in all: what is small runs on the main thread alone. */
  work: number;
}

/** Work of about 20 µs: below that, waking a thread costs more than it brings. */
export const CHUNK_WORK = 400_000;
/** Chunks a thread: a late one costs at most this fraction of an operation. */
const CHUNKS_A_THREAD = 3;
/** The most work of a chunk: some 20 ms, and well below a second on any machine. */
const MOST_CHUNK_WORK = 1e9;
/**
 * A worker that has not come back after so many waits of so many milliseconds hangs. Waits are counted, not the time that has passed: a process that was stopped for a
 * while is none the worse for it.
 */
const WAITS = 20;
const WAIT_MILLISECONDS = 100;

/** The threads that run the kernels on tfjs's heap: the caller's own, and workers. Which thread computes what never shows in a result. */
export class Pool {
  readonly threads: number;
  private readonly heap: Heap;
  private readonly kernels: KernelExports;
  private readonly indexOf: Map<string, number>;
  readonly workers: readonly Worker[];
  private readonly chunkWork: number;
  /** What workers and main thread tell each other: see protocol.ts. */
  readonly words: Int32Array;
  private readonly fields: Float64Array;
  private operation = 0;
  private scratch = 0;
  private scratchBytes = 0;
  /** What programs are shared by (assembly/decode/program.ts): its address, and the words of the heap there. */
  readonly program: number;
  private readonly programWords: Int32Array;
  private readonly stalls = new Stalls();
  private failure: string | undefined;

  private constructor(
    heap: Heap,
    kernels: KernelExports,
    program: number,
    workers: Worker[],
    words: Int32Array,
    fields: Float64Array,
    chunkWork: number,
  ) {
    this.heap = heap;
    this.chunkWork = chunkWork;
    this.kernels = kernels;
    this.workers = workers;
    this.words = words;
    this.fields = fields;
    this.threads = workers.length + 1;
    this.indexOf = new Map(Object.keys(kernels).map((name, index) => [name, index]));
    this.reserve(this.kernels.attentionScratch!(0, 0) * 4);
    this.program = program;
    this.programWords = new Int32Array(heap.memory.buffer, program, ProgramState.bytes(this.threads) / 4);
    for (const worker of workers) {
      worker.on('error', (error) => this.fail(error.message));
      worker.on('exit', () => this.fail('a thread ended'));
    }
  }

  /** Starts `threads` − 1 workers beside the caller's own thread. `chunkWork`: the least work of a chunk. */
  static async open(heap: Heap, threads: number, chunkWork: number): Promise<Pool> {
    const modules: WebAssembly.Module[] = [];
    for (const name of ['kernels', 'decode']) modules.push(compileKernels(await readFile(new URL(`./${name}.wasm`, import.meta.url))));
    const settings = kernelSettings(modules[0]!, heap);
    const kernels = instantiate(modules, heap.memory, settings);
    const words = new SharedArrayBuffer(Word.COUNT * 4);
    const fields = new SharedArrayBuffer(Field.COUNT * 8);
    const bytes = ProgramState.bytes(threads);
    const program = Math.ceil(heap.allocate(bytes + 64) / 64) * 64;
    new Uint8Array(heap.memory.buffer, program, bytes).fill(0);
    const workers = Array.from({ length: threads - 1 }, (_, index) => {
      const workerData: WorkerSettings = { modules, memory: heap.memory, settings, program, words, fields, index: index + 1 };
      return new Worker(new URL('./worker.ts', import.meta.url), { workerData, execArgv: [] });
    });
    await Promise.all(workers.map(online));
    return new Pool(heap, kernels, program, workers, new Int32Array(words), new Float64Array(fields), chunkWork);
  }

  /** Runs kernel(begin, end, scratch, …values) over the extent and returns when all of it is done. Throws PlainError `engine` when a thread is lost. */
  run(name: KernelName, extent: Extent, values: number[]): void {
    if (this.failure) throw lost(this.failure);
    const { units, grain = 1 } = extent;
    if (units === 0) return;
    const kernel = this.kernels[name]!;
    const wanted = Math.min(this.threads * CHUNKS_A_THREAD, Math.ceil(extent.work / this.chunkWork));
    if (this.threads === 1 || wanted < 2 || this.stalls.alone) {
      kernel(0, units, this.scratch, ...values);
      return;
    }
    const pieces = Math.min(MAXIMUM_CHUNKS, Math.max(wanted, Math.ceil(extent.work / MOST_CHUNK_WORK)));
    const chunk = grain * evenChunk(Math.ceil(units / grain), pieces, this.threads);
    const chunks = Math.ceil(units / chunk);
    this.publish(name, units, chunk, chunks, values);
    const start = performance.now();
    let own = 0;
    for (let i = takeChunk(this.words, this.operation); i >= 0; i = takeChunk(this.words, this.operation)) {
      try {
        kernel(i * chunk, Math.min(units, (i + 1) * chunk), this.scratch, ...values);
      } catch {
        Atomics.store(this.words, Word.FAILED, 1);
      }
      own++;
      Atomics.add(this.words, Word.DONE, 1);
    }
    this.awaitAll(chunks, name, own === 0 ? 0 : (performance.now() - start) / own);
  }

  /**
   * Runs the program of tasks that begins at `task` (assembly/decode/program.ts) with `scratchBytes` for each thread, and returns when it is done. No tile depends on who
   * computes it. Throws PlainError `engine` when a thread is lost.
   */
  runProgram(task: number, scratchBytes: number): void {
    if (this.failure) throw lost(this.failure);
    this.reserve(scratchBytes);
    const { kernels, program, programWords } = this;
    if (this.threads === 1 || this.stalls.alone) {
      kernels.runAlone!(program, task, this.scratch, this.scratchBytes);
      return;
    }
    kernels.beginProgram!(program, task, this.scratch, this.scratchBytes);
    if (Atomics.load(programWords, ProgramState.PRESENT) < this.workers.length) this.publish('joinProgram', 0, 0, 0, []);
    for (let waits = 0, last = -1; this.continueProgram() === 0; ) {
      const wake = kernels.prepareToWait!(program);
      if (wake < 0) continue;
      const start = performance.now();
      const ticket = Atomics.load(programWords, ProgramState.TICKET);
      waits = ticket === last ? waits + 1 : 0;
      last = ticket;
      Atomics.wait(programWords, ProgramState.WAKE, wake, WAIT_MILLISECONDS);
      this.stalls.note(performance.now() - start, 0);
      if (Atomics.load(this.words, Word.FAILED) !== 0) this.fail('decoding failed');
      if (waits >= WAITS) this.fail('a thread did not come back from decoding');
      if (this.failure) throw lost(this.failure);
    }
  }

  /** Makes each thread's scratch memory at least `bytes` long. */
  reserve(bytes: number): void {
    if (bytes <= this.scratchBytes) return;
    const each = Math.ceil(bytes / 4096) * 4096;
    const address = this.heap.allocate(each * this.threads);
    if (this.scratch) this.heap.free(this.scratch);
    this.scratch = address;
    this.scratchBytes = each;
  }

  /** Floats of scratch that attention over `length` tokens needs, with heads of `headWidth`; for one new token on a cache their width does not matter. */
  attentionScratch(length: number, headWidth = 0): number {
    return this.kernels.attentionScratch!(length, headWidth);
  }

  async close(): Promise<void> {
    this.failure = 'it was closed';
    Atomics.store(this.words, Word.CLOSED, 1);
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private continueProgram(): number {
    try {
      return this.kernels.continueProgram!(this.program)!;
    } catch {
      this.fail('decoding failed');
      throw lost('decoding failed');
    }
  }

  private publish(name: KernelName | 'joinProgram', units: number, chunk: number, chunks: number, values: number[]): void {
    const { fields, words } = this;
    fields[Field.KERNEL] = this.indexOf.get(name)!;
    fields[Field.UNITS] = units;
    fields[Field.CHUNK] = chunk;
    fields[Field.SCRATCH] = this.scratch;
    fields[Field.SCRATCH_BYTES] = this.scratchBytes;
    fields[Field.LENGTH] = values.length;
    fields.set(values, Field.ARGUMENTS);
    this.operation = numberAfter(this.operation);
    Atomics.store(words, Word.DONE, 0);
    Atomics.store(words, Word.TICKET, ticketOf(this.operation, chunks));
    Atomics.store(words, Word.OPERATION, this.operation);
    Atomics.notify(words, Word.OPERATION);
  }

  /**
   * Waits for the chunks that workers took, `expected` ms each. The main thread cannot be told of a lost worker while it waits, hence the limit.
   */
  private awaitAll(chunks: number, name: KernelName, expected: number): void {
    const start = performance.now();
    let waits = 0;
    for (let done = Atomics.load(this.words, Word.DONE); done < chunks; ) {
      awaitChange(this.words, Word.DONE, done, WAIT_MILLISECONDS);
      const now = Atomics.load(this.words, Word.DONE);
      waits = now === done ? waits + 1 : 0;
      done = now;
      if (waits >= WAITS) this.fail(`a thread did not come back from ${name}`);
      if (this.failure) throw lost(this.failure);
    }
    this.stalls.note(performance.now() - start, expected);
    if (Atomics.load(this.words, Word.FAILED) !== 0) this.fail(`${name} failed`);
    if (this.failure) throw lost(this.failure);
  }

  private fail(reason: string): void {
    this.failure ??= reason;
  }
}

/** Grains of a chunk: between half of `pieces` and `pieces` chunks, so that the thread with the most of them has as little as can be: a last chunk all alone would keep the others waiting. */
export function evenChunk(grains: number, pieces: number, threads: number): number {
  let best = { chunk: grains, most: Number.POSITIVE_INFINITY };
  for (let wanted = pieces; wanted >= Math.min(pieces, Math.max(threads, pieces / 2)); wanted--) {
    const chunk = Math.ceil(grains / wanted);
    const most = chunk * Math.ceil(Math.ceil(grains / chunk) / threads);
    if (most < best.most) best = { chunk, most };
  }
  return best.chunk;
}

function lost(reason: string): PlainError {
  return new PlainError(
    'engine',
    `The training process lost one of its threads (${reason}). Resume the run: it goes on from its last checkpoint.`,
  );
}

/** Resolves when a worker runs; from then on it does not keep the process alive (before, an unreferenced worker would never start). */
function online(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('online', () => {
      worker.off('error', reject);
      worker.unref();
      resolve();
    });
  });
}
