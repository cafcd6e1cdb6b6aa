import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/**
 * A run that is resumed computes its first steps in V8's quick compiler, where the uninterrupted run had long been in the optimizing one:
 * only when both give the same bits can a resumed run end in the same weights.
 */
test('both of V8’s compilers give the same bits', async () => {
  const probe = fileURLToPath(new URL('./compilers.probe.ts', import.meta.url));
  const run = async (flag: string) => (await promisify(execFile)(process.execPath, [flag, probe])).stdout.trim();
  const quick = await run('--liftoff-only');
  expect(quick).toMatch(/^[0-9a-f]{64}$/);
  expect(await run('--no-liftoff')).toBe(quick);
});
