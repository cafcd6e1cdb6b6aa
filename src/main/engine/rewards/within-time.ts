import { createContext, Script } from 'node:vm';

const script = new Script('run()');

/** Thrown by `withinTime`. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/**
 * Runs what a person wrote (a pattern, a schema with patterns in it) and ends it when it takes longer than `milliseconds`: a pattern like (a+)+$ can take longer than the
 * world lasts, and nothing else in this thread could stop it. Costs about a millisecond, so it is called once for many answers.
 * @throws OutOfTime
 */
export function withinTime<Result>(milliseconds: number, run: () => Result): Result {
  // The watchdog of node:vm ends the thread's execution wherever it is, in the engine of regular expressions too; the context itself holds nothing but `run`.
  try {
    return script.runInContext(createContext({ run }), { timeout: milliseconds }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new OutOfTime();
    throw error;
  }
}
