import { expect, test } from 'vitest';
import { plannedSettings } from '../../../src/renderer/train/planned-settings.ts';
import { configSchemas } from '../../../src/renderer/train/setting-words.ts';

const small = configSchemas.dpo.parse({ learningRate: 3e-4 });
const large = { ...small, learningRate: 1e-5, klCoefficient: 0.1 };

test('a preset goes by the model that is chosen, also when it is chosen after the preset', () => {
  expect(plannedSettings('dpo', small, 'careful', {}).learningRate).toBe(1.8e-4);
  expect(plannedSettings('dpo', large, 'careful', {}).learningRate).toBe(6e-6);
  expect(plannedSettings('dpo', large, 'usual', {})).toEqual(large);
});

test('what was typed stands over any preset and any model', () => {
  const typed = { klCoefficient: 0.7, seed: 42 };
  for (const preset of ['quick', 'usual', 'careful'] as const) {
    for (const defaults of [small, large]) expect(plannedSettings('dpo', defaults, preset, typed)).toMatchObject(typed);
  }
  expect(plannedSettings('dpo', small, 'careful', { learningRate: 1e-3 })).toMatchObject({ learningRate: 1e-3, evaluateEvery: 2 });
});
