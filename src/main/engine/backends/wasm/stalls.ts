/** A wait for work in other hands that took longer than this (ms) beyond what the work itself takes: another process has the worker's core. */
const STALL = 0.5;
/** For how long the main thread then works alone (ms): twice as long each time that the next try stalls too. */
const SHORTEST = 10;
const LONGEST = 320;

/**
 * When helpers hold the main thread up more than they help. A worker whose core another process has taken is put to sleep with work in its hands, and everybody waits for
 * it: then one thread is faster than two. So the main thread goes on alone for a while, and tries again.
 */
export class Stalls {
  #until = 0;
  #penalty = SHORTEST;

  /** Whether to work without helpers now. */
  get alone(): boolean {
    return this.#until > 0 && performance.now() < this.#until;
  }

  /** Says that the main thread waited `waited` ms for pieces that should take `expected` ms. */
  note(waited: number, expected: number): void {
    if (waited < STALL + 2 * expected) return;
    const now = performance.now();
    const again = now < this.#until + 2 * this.#penalty;
    this.#penalty = again ? Math.min(LONGEST, 2 * this.#penalty) : SHORTEST;
    this.#until = now + this.#penalty;
  }
}
