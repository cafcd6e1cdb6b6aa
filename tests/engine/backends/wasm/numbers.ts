/** Seeded numbers in [−1, 1): Mulberry32, so that a test says the same every time. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** `count` seeded float32 numbers in [−scale, scale). */
export function array(count: number, seed: number, scale = 1): Float32Array {
  const next = numbers(seed);
  return Float32Array.from({ length: count }, () => next() * scale);
}
