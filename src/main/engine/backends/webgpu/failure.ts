import { PlainError } from '#shared/errors.ts';

/**
 * What went wrong on the GPU, if anything did. The GPU works later than the calls that ask it to, and its errors raise no exception where they were caused
 * (results are zeros or stale): they arrive as events, are kept here, and end the job at the next call or read.
 */
export class Failure {
  #first: PlainError | null = null;

  /** Only the first is kept: those that follow are its consequences. */
  note(error: PlainError): void {
    this.#first ??= error;
  }

  get error(): PlainError | null {
    return this.#first;
  }

  /** @throws PlainError `engine` or `no_space`, once something went wrong. */
  check(): void {
    if (this.#first) throw this.#first;
  }
}

/** Sentence for an error that no error scope caught. */
export function uncaptured(kind: string, message: string): PlainError {
  const line = message.split('\n')[0]!;
  if (kind === 'GPUOutOfMemoryError') {
    return new PlainError(
      'no_space',
      'The GPU ran out of memory, so this run was ended; its last good state is kept. Take a smaller batch, shorter texts or a smaller model, close other programs that use the GPU, or train on the CPU.',
    );
  }
  return new PlainError(
    'engine',
    `The GPU refused a part of the work, so this run was ended; its last good state is kept. It said: ${line}`,
  );
}

/** Sentence for a device that went away: driver restarted, laptop undocked, GPU hung. */
export function lost(message: string): PlainError {
  const said = message ? ` It said: ${message.split('\n')[0]!.replace(/\.?$/, '.')}` : '';
  return new PlainError(
    'engine',
    `The GPU is gone: its driver stopped or it was taken away. The last good state of this run is kept; start it again, or train on the CPU.${said}`,
  );
}
