import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileKernels, kernelsPath } from '../../../../scripts/build-kernels.ts';

test('the committed kernels.wasm is what its sources compile to (else: npm run build:kernels)', async () => {
  expect(Buffer.from(await compileKernels()).equals(await readFile(kernelsPath))).toBe(true);
});
