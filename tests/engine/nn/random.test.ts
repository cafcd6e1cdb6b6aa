import { describe, expect, test } from 'vitest';
import { Random } from '#engine/nn/random.ts';

/** xoshiro128** as its authors write it in C, on BigInt. */
function* reference(words: readonly number[]): Generator<number> {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = words.map(BigInt) as [bigint, bigint, bigint, bigint];
  for (;;) {
    yield Number((rotate((s[1] * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1] << 9n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11n);
  }
}

describe('Random', () => {
  test('draws the bits of xoshiro128**', () => {
    const random = Random.from(42, 'bits');
    const bits = reference(random.state().words);
    for (let i = 0; i < 1000; i++) expect(random.bits()).toBe(bits.next().value);
  });

  test('the same seed and keys give the same draws; any other key gives others', () => {
    const draws = (...keys: (string | number)[]) => {
      const random = Random.from(7, ...keys);
      return Array.from({ length: 4 }, () => random.bits()).join();
    };
    expect(draws('prompt', 3)).toBe(draws('prompt', 3));
    const all = [
      draws(),
      draws('prompt', 3),
      draws('prompt', 4),
      draws('prompt3'),
      draws('prompt', '3'),
      draws('p', 'rompt', 3),
      draws(''),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('a fork depends on its keys alone, not on what was drawn before', () => {
    const [one, other] = [Random.from(1), Random.from(1)];
    other.uniform();
    expect(one.fork('a').bits()).toBe(other.fork('a').bits());
    expect(one.fork('a').bits()).not.toBe(one.fork('b').bits());
    expect(one.bits()).toBe(Random.from(1).bits());
  });

  test('goes on where a saved state left off', () => {
    const random = Random.from(5);
    random.normal();
    const again = Random.restore(JSON.parse(JSON.stringify(random.state())));
    expect([again.uniform(), again.fork('x').bits()]).toEqual([random.uniform(), random.fork('x').bits()]);
  });

  test('has the moments of its distributions', () => {
    const random = Random.from(9);
    const n = 100_000;
    const mean = (of: () => number) => Array.from({ length: n }, of).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => random.uniform())).toBeCloseTo(0.5, 2);
    expect(mean(() => random.normal())).toBeCloseTo(0, 1);
    expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => random.integer(10))).toBeCloseTo(4.5, 1);
  });

  test('many seeds side by side are as uniform as one stream', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 10_000; seed++) buckets[Math.floor(Random.from(seed, 'id', 0).uniform() * 10)]!++;
    const chiSquare = buckets.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(27.9); // 9 degrees of freedom, p = .001
  });

  test('shuffles without losing anything, each order as likely', () => {
    const random = Random.from(3);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = random.shuffle(['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
