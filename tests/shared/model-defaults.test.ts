import { expect, test } from 'vitest';
import { method as methods } from '#shared/domain.ts';
import { usualAdapter } from '#shared/training/adapter.ts';
import { dpoSettings } from '#shared/training/dpo.ts';
import { grpoConfig, grpoSettings } from '#shared/training/grpo.ts';
import { parameterCount } from '#shared/training/memory.ts';
import { modelDefaults } from '#shared/training/model-defaults.ts';
import { modelShapeFrom } from '#shared/training/model-shape.ts';
import { ppoSettings } from '#shared/training/ppo.ts';
import { rewardSettings } from '#shared/training/reward.ts';
import { sftSettings } from '#shared/training/sft.ts';

const shape = (width: number, layers: number) =>
  modelShapeFrom({
    ...{ model_type: 'llama', vocab_size: 49152, hidden_size: width, num_hidden_layers: layers, num_attention_heads: 9 },
    ...{ num_key_value_heads: 3, intermediate_size: 1536, max_position_embeddings: 2048, tie_word_embeddings: true },
  });
const small = shape(72, 4);
const large = shape(576, 30);

test('a small model keeps the defaults of its method', () => {
  expect(parameterCount(small!)).toBeLessThan(50e6);
  expect(modelDefaults('ppo', small, {})).toEqual({});
  expect(modelDefaults('ppo', null, {})).toEqual({});
});

test('a large one is given an adapter, and the learning rate and β of the field; all weights, when they are chosen, a lower rate', () => {
  expect(parameterCount(large!)).toBe(134_515_008); // SmolLM2-135M
  expect(modelDefaults('ppo', large, {})).toEqual({ adapter: usualAdapter, learningRate: 1e-4, klCoefficient: 0.05 });
  expect(modelDefaults('dpo', large, { adapter: null })).toEqual({
    adapter: usualAdapter,
    learningRate: 1e-6,
    klCoefficient: 0.1,
    epochs: 3,
  });
  const published = { klCoefficient: 0.04, klIn: 'loss', groups: 12, groupSize: 8, scaleRewards: 'group', reduction: 'dapo' };
  expect(modelDefaults('grpo', large, {})).toEqual({ adapter: usualAdapter, learningRate: 1e-5, ...published });
  expect(grpoConfig.parse(modelDefaults('grpo', large, {}))).toMatchObject(published);
  expect(modelDefaults('sft', large, { adapter: { rank: 4 } })).toEqual({ adapter: usualAdapter, learningRate: 1e-4 });
});

const settings = { sft: sftSettings, reward: rewardSettings, ppo: ppoSettings, grpo: grpoSettings, dpo: dpoSettings };

test.each(methods.options)('the reasons that %s gives name what a large model has by default', (method) => {
  const why = (key: string) => settings[method].find((setting) => setting.key === key)?.why;
  const { learningRate, klCoefficient } = modelDefaults(method, large, {});
  const whole = modelDefaults(method, large, { adapter: null }).learningRate;
  expect(why('learningRate')).toMatch(new RegExp(`${Number(whole).toExponential()} .*, ${Number(learningRate).toExponential()} with LoRA`));
  if (klCoefficient !== undefined) expect(why('klCoefficient')).toContain(`${klCoefficient} a large one`);
});
