// A thread of the pool: takes chunks of the current operation until there are none, then waits for the next.
import { workerData } from 'node:worker_threads';
import { instantiate } from './compile.ts';
import { awaitChange, Field, takeChunk, Word, type WorkerSettings } from './protocol.ts';

const { modules, memory, settings, program, index, ...shared } = workerData as WorkerSettings;
const words = new Int32Array(shared.words);
const fields = new Float64Array(shared.fields);
const kernels = instantiate(modules, memory, settings);
const names = Object.keys(kernels);

let operation = 0;
while (Atomics.load(words, Word.CLOSED) === 0) {
  awaitChange(words, Word.OPERATION, operation);
  operation = Atomics.load(words, Word.OPERATION);
  // The description may be of a later operation than `operation`: then no chunk is taken, and it is read again.
  const field = Array.from(fields);
  const name = names[field[Field.KERNEL]!]!;
  if (name === 'joinProgram') {
    help();
    continue;
  }
  const kernel = kernels[name]!;
  const length = field[Field.LENGTH]!;
  const values = field.slice(Field.ARGUMENTS, Field.ARGUMENTS + length);
  const scratch = field[Field.SCRATCH]! + index * field[Field.SCRATCH_BYTES]!;
  for (let chunk = takeChunk(words, operation); chunk >= 0; chunk = takeChunk(words, operation)) {
    const begin = chunk * field[Field.CHUNK]!;
    try {
      kernel(begin, Math.min(begin + field[Field.CHUNK]!, field[Field.UNITS]!), scratch, ...values);
    } catch {
      Atomics.store(words, Word.FAILED, 1);
    }
    Atomics.add(words, Word.DONE, 1);
    Atomics.notify(words, Word.DONE);
  }
}

/** Takes part in the programs that the pool runs, until there have been none for a while. */
function help(): void {
  try {
    kernels.joinProgram!(program, index);
  } catch {
    Atomics.store(words, Word.FAILED, 1);
  }
}
