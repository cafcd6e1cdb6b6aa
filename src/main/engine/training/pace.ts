/** Wall-clock seconds of the parts of a step, and how long the rest of a run will take. */
export class Pace {
  readonly #from: number;
  readonly #began = performance.now();
  readonly #total: number;

  /** @param from the step that this process began at. */
  constructor(from: number, total: number) {
    this.#from = from;
    this.#total = total;
  }

  /** Seconds to the end at the mean speed of this process; null before its first step. */
  secondsLeft(stepsDone: number): number | null {
    const steps = stepsDone - this.#from;
    return steps > 0 ? (secondsSince(this.#began) / steps) * (this.#total - stepsDone) : null;
  }
}

export function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
