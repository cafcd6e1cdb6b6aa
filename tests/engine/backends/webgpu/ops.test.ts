import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import '#engine/nn/tape-gradients.ts';
import type { WebgpuBackend } from '#engine/backends/webgpu/open.ts';
import { worstError } from '../../../golden/load.ts';
import { inputsOf, type OpCase, opCases, run } from '../../nn/ops/cases.ts';
import { closeTested, missing, openReference, openTested, patience } from './support.ts';

if (missing) console.warn(`webgpu op tests are skipped: ${missing}.`);

describe.skipIf(missing !== null)('every op on webgpu, against its composite on cpu', { timeout: patience }, () => {
  const expected = new Map<string, ReturnType<typeof run>>();
  let backend: WebgpuBackend;

  beforeAll(async () => {
    const reference = await openReference();
    for (const op of opCases) expected.set(op.name, run(op, inputsOf(op)));
    await reference.close();
    backend = await openTested();
  });
  afterAll(() => closeTested(backend));

  test.each(opCases)('$name', (op: OpCase) => {
    const before = tf.memory().numTensors;
    const actual = run(op, inputsOf(op));
    const { value, gradients } = expected.get(op.name)!;
    expect(worstError(actual.value, value)).toBeLessThan(1e-5);
    actual.gradients.forEach((gradient, i) => {
      expect(worstError(gradient, gradients[i]!)).toBeLessThan(2e-5);
    });
    expect(run(op, inputsOf(op))).toEqual(actual);
    expect(tf.memory().numTensors).toBe(before);
    expect(backend.device.failure.error).toBeNull();
  });
});
