import { expect, test } from 'vitest';
import { ppoConfig } from '#shared/training/ppo.ts';
import { refusedSettings } from '#shared/training/refused-settings.ts';

function refusal(settings: Record<string, unknown>): string {
  const { error } = ppoConfig.safeParse(settings);
  if (!error) throw new Error('these settings are accepted');
  return refusedSettings(error, settings);
}

test.each([
  [{ learningRate: 'abc' }, 'learningRate wants a number, not "abc"'],
  [{ steps: 1.5 }, 'steps wants a whole number, not 1.5'],
  [{ epochs: 0 }, 'epochs must be at least 1, not 0'],
  [{ clipRange: 0 }, 'clipRange must be more than 0, not 0'],
  [{ lambda: 2 }, 'lambda must be at most 1, not 2'],
  [{ critic: 'both' }, 'critic is one of separate, head, not "both"'],
  [{ whitenRewards: 'yes' }, 'whitenRewards wants true or false, not "yes"'],
  [{ rewards: [] }, 'rewards cannot be []: at least one reward is needed'],
  [{ rewards: [{ kind: 'length', max: 0 }] }, 'rewards.0.max must be at least 1, not 0'],
  [{ seed: [7, [8]] }, 'seed wants a number, not a list'],
  [{ seed: '7'.repeat(99) }, `seed wants a number, not "${'7'.repeat(79)}…`],
  [{ rewards: [{ kind: 'model' }, { kind: 'model', name: 'b' }] }, 'rewards: the reward model can be named once'],
  [{ stepz: 3 }, 'there is no setting stepz'],
])('%o', (settings, sentence) => {
  expect(refusal(settings)).toBe(sentence);
});

test('all of them are named at once', () => {
  expect(refusal({ epochs: 0, stepz: 3 })).toBe('epochs must be at least 1, not 0; there is no setting stepz');
});
