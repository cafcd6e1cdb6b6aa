import { expect, test } from 'vitest';
import { recordedSettings } from '#backend/runs/methods.ts';
import { grpoConfig } from '#shared/training/grpo.ts';

test('a GRPO run of before there was a choice keeps KL in the loss; one that chose keeps what it chose', () => {
  const { klIn: _, ...before } = grpoConfig.parse({ klCoefficient: 0.3 });
  expect(recordedSettings({ method: 'grpo', config: before }).config).toEqual({ ...before, klIn: 'loss' });
  expect(recordedSettings({ method: 'grpo', config: { ...before, klIn: 'reward' } }).config).toMatchObject({ klIn: 'reward' });
  expect(recordedSettings({ method: 'ppo', config: {} }).config).not.toHaveProperty('klIn');
});
