/** Four 32-bit words of xoshiro128**, and the four that the generator was seeded with. */
export interface RandomState {
  origin: [number, number, number, number];
  words: [number, number, number, number];
}

/**
 * Seeded generator, xoshiro128** (Blackman & Vigna 2018). All draws of training and sampling come from here, on the host, so that a run is reproducible.
 * `Random.from(seed, promptId, sample)` is the same generator in whatever order it is made.
 */
export class Random {
  readonly #origin: Uint32Array;
  readonly #words: Uint32Array;

  private constructor(origin: Uint32Array, words: Uint32Array) {
    this.#origin = origin;
    this.#words = words;
  }

  static from(seed: number, ...keys: (string | number)[]): Random {
    const origin = mix(Uint32Array.of(0x9e3779b9, 0x243f6a88, 0xb7e15162, 0x85a308d3), [seed, ...keys]);
    return new Random(origin, origin.slice());
  }

  static restore({ origin, words }: RandomState): Random {
    return new Random(Uint32Array.from(origin), Uint32Array.from(words));
  }

  /** A generator of its own for `keys`; neither changes the other, and how much was drawn before does not matter. */
  fork(...keys: (string | number)[]): Random {
    const origin = mix(this.#origin.slice(), keys);
    return new Random(origin, origin.slice());
  }

  state(): RandomState {
    return { origin: [...this.#origin] as RandomState['origin'], words: [...this.#words] as RandomState['words'] };
  }

  /** 32 random bits. */
  bits(): number {
    const s = this.#words;
    const result = Math.imul(rotate(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const shifted = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= shifted;
    s[3] = rotate(s[3]!, 11);
    return result;
  }

  /** In [0, 1), 53 bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 0x4000000 + (this.bits() >>> 6)) / 0x20000000000000;
  }

  /** 0 … n − 1. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Standard normal (Box & Muller 1958); the second of the pair is not kept, so that the state is the four words alone. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** A shuffled copy (Fisher & Yates). */
  shuffle<Item>(items: readonly Item[]): Item[] {
    const shuffled = [...items];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
    }
    return shuffled;
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Folds each key's bytes into four words (MurmurHash3's multiply and rotate, then its finalizer). A key's end is marked, so ('ab') is not ('a', 'b'). */
function mix(words: Uint32Array, keys: (string | number)[]): Uint32Array {
  for (const key of keys) {
    const bytes = new TextEncoder().encode(`${typeof key}:${key}\0`);
    bytes.forEach((byte, i) => {
      const lane = i % 4;
      words[lane] = Math.imul(rotate(words[lane]! ^ Math.imul(byte + 1, 0xcc9e2d51), 13), 5) + 0xe6546b64 + words[(lane + 3) % 4]!;
    });
    for (let round = 0; round < 8; round++) {
      const lane = round % 4;
      let word = words[lane]! ^ words[(lane + 1) % 4]!;
      word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
      word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
      words[lane] = word ^ (word >>> 16);
    }
  }
  if (words.every((word) => word === 0)) words[0] = 1; // the one state that xoshiro never leaves
  return words;
}
