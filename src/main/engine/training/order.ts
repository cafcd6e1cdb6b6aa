import { Random } from '../nn/random.ts';

/**
 * The order in which rows are trained on: one shuffle of all rows after another, drawn from the seed and the number of the pass. Where in it a step begins follows from
 * the step alone, so that a resumed run needs no cursor beside its step.
 */
export class RowOrder {
  readonly #count: number;
  readonly #seed: number;
  #pass = -1;
  #permutation: number[] = [];

  constructor(count: number, seed: number) {
    this.#count = count;
    this.#seed = seed;
  }

  /** Rows at places `from` … `to` − 1 of the endless sequence. */
  rows(from: number, to: number): number[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, i) => this.#at(from + i));
  }

  #at(place: number): number {
    const pass = Math.floor(place / this.#count);
    if (pass !== this.#pass) {
      this.#permutation = Random.from(this.#seed, 'order', pass).shuffle(Array.from({ length: this.#count }, (_, i) => i));
      this.#pass = pass;
    }
    return this.#permutation[place % this.#count]!;
  }
}
