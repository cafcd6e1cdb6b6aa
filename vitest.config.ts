import { defineConfig } from 'vitest/config';

/** One project a kind of test, so that `npm test` can say what ran: unit, golden, store, engine, faults. Browser and desktop tests live in tests/e2e. */
export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // What a test waits for comes or does not; how long it takes is the machine's affair. These bounds only end one that hangs.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 20_000 } },
    include: ['tests/**/*.test.ts'],
  },
});
