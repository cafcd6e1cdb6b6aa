import { Script } from 'node:vm';

const name = '__plumblineInterruptible';
const script = new Script(`${name}()`);

/**
 * Runs `work`, and stops it in the middle, even in the middle of a regular expression, when it takes longer than `milliseconds`. Costs half a millisecond.
 * @throws {TookTooLong}, and what `work` throws.
 */
export function interruptible<Result>(milliseconds: number, work: () => Result): Result {
  const global = globalThis as Record<string, unknown>;
  global[name] = work;
  try {
    return script.runInThisContext({ timeout: milliseconds }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new TookTooLong();
  } finally {
    delete global[name];
  }
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}
