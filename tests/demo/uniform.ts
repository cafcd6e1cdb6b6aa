import { Random } from '#engine/nn/random.ts';

/** Seeded numbers for tests of the grammar. */
export function uniformOf(seed: number): () => number {
  const random = Random.from(seed, 'test');
  return () => random.uniform();
}
