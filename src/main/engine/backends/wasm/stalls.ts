/** A wait for work in other hands that took longer than this (ms) beyond what the work itself takes: another process has the worker's core. */
const STALL = 0.1;
/** Waits are added up over so long (ms); where this share of the time or more was lost, one thread would have been as fast: two are 1.5 to 1.8 times as fast as one. */
const WINDOW = 60;
const TOO_MUCH = 0.35;
/** For how long the main thread then works alone (ms): twice as long each time that the next try goes as badly. */
const SHORTEST = 30;
const LONGEST = 480;

/**
 * When helpers hold the main thread up more than they help. A worker whose core another process has taken is put to sleep with work in its hands, and everybody waits for
 * it: where that happens too often the main thread goes on alone for a while, and tries again.
 */
export class Stalls {
  readonly #clock: () => number;
  #windowBegan = 0;
  #lost = 0;
  #until = 0;
  #alone = SHORTEST;

  /** `clock`: milliseconds that only grow. */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** Whether to work without helpers now. */
  get alone(): boolean {
    return this.#until > 0 && this.#clock() < this.#until;
  }

  /** Says that the main thread waited `waited` ms for pieces that should take `expected` ms. */
  note(waited: number, expected: number): void {
    if (waited < STALL + 2 * expected) return;
    const now = this.#clock();
    if (now - this.#windowBegan > 2 * WINDOW) {
      this.#windowBegan = now - waited;
      this.#lost = 0;
    }
    this.#lost += waited;
    const passed = now - this.#windowBegan;
    if (passed < WINDOW) return;
    if (this.#lost > TOO_MUCH * passed) {
      const again = now < this.#until + 4 * WINDOW;
      this.#alone = again ? Math.min(LONGEST, 2 * this.#alone) : SHORTEST;
      this.#until = now + this.#alone;
    }
    this.#windowBegan = 0;
  }
}
