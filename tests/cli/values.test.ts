import { expect, test } from 'vitest';
import { UsageError } from '#cli/command.ts';
import { assignments } from '#cli/values.ts';

test('settings are JSON where they read as it, and a dot reaches into a setting', () => {
  expect(assignments(['steps=20', 'keep=last', 'adapter=null', 'learningRate=1e-4'], 'set')).toEqual({
    ...{ steps: 20, keep: 'last', adapter: null, learningRate: 1e-4 },
  });
  expect(assignments(['adapter.rank=8', 'adapter.targets=["q_proj"]', 'seed=1'], 'set')).toEqual({
    ...{ adapter: { rank: 8, targets: ['q_proj'] }, seed: 1 },
  });
  // what is said later goes over what was said before
  expect(assignments(['adapter=null', 'adapter.rank=8'], 'set')).toEqual({ adapter: { rank: 8 } });
  expect(assignments(['adapter.rank=8', 'adapter=null'], 'set')).toEqual({ adapter: null });
});

test.each(['steps', '=1', 'adapter.=1', '.rank=1', 'a..b=1'])('%s is refused', (pair) => {
  expect(() => assignments([pair], 'set')).toThrow(UsageError);
});

test('no name reaches outside the settings', () => {
  assignments(['__proto__.polluted=1', 'constructor.prototype.polluted=1'], 'set');
  expect(Reflect.has({}, 'polluted')).toBe(false);
});
