import { expect, test } from 'vitest';
import { method as methods } from '#shared/domain.ts';
import { dpoConfig } from '#shared/training/dpo.ts';
import { grpoConfig } from '#shared/training/grpo.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import { presetSettings } from '#shared/training/presets.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import { sftConfig } from '#shared/training/sft.ts';

const schemas = { sft: sftConfig, reward: rewardConfig, ppo: ppoConfig, grpo: grpoConfig, dpo: dpoConfig };

test.each(methods.options)('presets of %s are settings that it has, and differ from its defaults', (method) => {
  const defaults = schemas[method].parse({}) as Record<string, unknown>;
  expect(presetSettings(method, 'usual', defaults)).toEqual({});
  for (const preset of ['quick', 'careful'] as const) {
    const settings = presetSettings(method, preset, defaults);
    expect(schemas[method].parse(settings)).toMatchObject(settings);
    for (const [key, value] of Object.entries(settings)) expect(value, key).not.toEqual(defaults[key]);
  }
});

test('a preset goes by the defaults of the model at hand', () => {
  const large = ppoConfig.parse({ learningRate: 1e-5, steps: 100, episodes: 256 });
  expect(presetSettings('ppo', 'careful', large)).toMatchObject({ learningRate: 6e-6, steps: 150, episodes: 512 });
  expect(presetSettings('ppo', 'quick', large)).toMatchObject({ steps: 33, episodes: 128 });
});
