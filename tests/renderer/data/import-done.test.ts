import { expect, test } from 'vitest';
import { nextAfterImport, whatBecameOf } from '../../../src/renderer/data/ImportDone.tsx';

const rejected = (count: number) => Array.from({ length: count }, (_, line) => ({ line, reason: '', text: '' }));

test('an import says of every row that brought nothing why, in counts that agree with their verbs', () => {
  expect(whatBecameOf({ duplicates: 3, repeated: 1, rejected: rejected(1) })).toBe(
    '2 were here already, 1 stands earlier in the file, 1 was not taken.',
  );
  expect(whatBecameOf({ duplicates: 1, repeated: 0, rejected: [] })).toBe('1 was here already, 0 were not taken.');
});

test('after an import the work goes on where there is some: pairs that wait are judged, judged ones can teach', () => {
  expect(nextAfterImport('trl', 'person', 0)).toEqual({ words: 'Train a reward model', path: '/train/new?method=reward&by=person' });
  expect(nextAfterImport('csv', 'model', 0)?.path).toBe('/train/new?method=reward&by=model');
  expect(nextAfterImport('trl', 'person', 7)?.path).toBe('/label');
  expect(nextAfterImport('pairs', null, 7)?.path).toBe('/label');
  expect(nextAfterImport('pairs', null, 0)).toBeNull();
  expect(nextAfterImport('prompts', null, 7)).toBeNull();
});
