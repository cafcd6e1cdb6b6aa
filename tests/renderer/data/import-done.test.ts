import { expect, test } from 'vitest';
import { whatBecameOf } from '../../../src/renderer/data/ImportDone.tsx';

const rejected = (count: number) => Array.from({ length: count }, (_, line) => ({ line, reason: '', text: '' }));

test('an import says of every row that brought nothing why, in counts that agree with their verbs', () => {
  expect(whatBecameOf({ duplicates: 3, repeated: 1, rejected: rejected(1) })).toBe(
    '2 were here already, 1 stands earlier in the file, 1 was not taken.',
  );
  expect(whatBecameOf({ duplicates: 1, repeated: 0, rejected: [] })).toBe('1 was here already, 0 were not taken.');
});
