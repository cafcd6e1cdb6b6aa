import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { compileModule, type ModuleName, modulePath, modules } from '../../../../scripts/build-kernels.ts';

test.each(Object.keys(modules) as ModuleName[])(
  'the committed %s is what its sources compile to (else: npm run build:kernels)',
  async (name) => {
    expect(Buffer.from(await compileModule(name)).equals(await readFile(modulePath(name)))).toBe(true);
  },
);
