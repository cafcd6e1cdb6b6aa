import { Script } from 'node:vm';

const name = '__plumblineInterruptible';
const script = new Script(`${name}()`);

/**
 * Runs `work`, and stops it in the middle, even in the middle of a regular expression, when it takes longer than `milliseconds` of this thread's CPU time: a pattern like
 * (a+)+$ can take longer than the world lasts, and nothing else in the thread could stop it. The watchdog knows only the clock, so on a machine where others have the cores
 * it stops `work` too soon; then it is begun again with twice the time. `work` must bear that. Costs half a millisecond.
 * @throws {TookTooLong}, and what `work` throws.
 */
export function interruptible<Result>(milliseconds: number, work: () => Result): Result {
  for (let timeout = milliseconds; ; timeout *= 2) {
    const before = process.threadCpuUsage();
    const result = within(timeout, work);
    if (result !== stopped) return result;
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= 1000 * 0.8 * milliseconds) throw new TookTooLong();
  }
}

const stopped = Symbol('stopped');

function within<Result>(timeout: number, work: () => Result): Result | typeof stopped {
  const global = globalThis as Record<string, unknown>;
  global[name] = work;
  try {
    return script.runInThisContext({ timeout }) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return stopped;
    throw error;
  } finally {
    delete global[name];
  }
}

export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}
