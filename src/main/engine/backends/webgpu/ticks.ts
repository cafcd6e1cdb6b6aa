/**
 * Dawn's answers (a buffer is mapped, the device is lost) come when its event loop is run. Dawn for Node schedules that with `setImmediate` and offers no
 * other way, so no answer could come while JavaScript waits for one, and tfjs's `dataSync` could not exist. `Ticks` learns the function that Dawn schedules
 * and calls it by hand. (dawn/node/binding/AsyncRunner.cpp: the function may be called at any time, and schedules itself again while an answer is due.)
 */
export class Ticks {
  #tick: (() => void) | null = null;

  /** Runs `ask`, which must ask Dawn for something while nothing else is due, and learns Dawn's function from it. */
  learn<T>(ask: () => T): T {
    return this.#capturing((captured, schedule) => {
      const answer = ask();
      for (const tick of captured) schedule(tick);
      this.#tick = captured[0] ?? this.#tick;
      return answer;
    });
  }

  get known(): boolean {
    return this.#tick !== null;
  }

  /**
   * Asks, and blocks until `isAnswered`: GPU work takes milliseconds, so after a few quick looks it sleeps between them.
   * @throws Error after `limit` milliseconds.
   */
  waitFor(ask: () => void, isAnswered: () => boolean, limit = 300_000): void {
    const tick = this.#tick;
    if (!tick) throw new Error("Dawn's event loop is unknown: Ticks.learn was not called, or the webgpu package changed.");
    this.#capturing((captured, schedule) => {
      ask();
      const until = performance.now() + limit;
      for (let looks = 0; ; looks++) {
        captured.length = 0;
        tick();
        if (isAnswered()) break;
        if (performance.now() > until) throw new Error(`The GPU gave no answer for ${limit / 1000} seconds.`);
        if (looks > 20) Atomics.wait(sleeper, 0, 0, Math.min(1, looks / 1000));
      }
      for (const last of captured) schedule(last); // someone else's answer is still due
    });
  }

  /** Runs `use` while whatever is scheduled is collected instead. JavaScript is single-threaded and `use` only calls Dawn, so it is Dawn's. */
  #capturing<T>(use: (captured: (() => void)[], schedule: (tick: () => void) => void) => T): T {
    const scheduled = globalThis.setImmediate;
    const captured: (() => void)[] = [];
    globalThis.setImmediate = ((tick: () => void) => captured.push(tick)) as unknown as typeof setImmediate;
    try {
      return use(captured, (tick) => scheduled(tick));
    } finally {
      globalThis.setImmediate = scheduled;
    }
  }
}

const sleeper = new Int32Array(new SharedArrayBuffer(4));
