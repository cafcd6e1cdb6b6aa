import { expect, test } from 'vitest';
import { usualAdapter } from '#shared/training/adapter.ts';
import { parameterCount } from '#shared/training/memory.ts';
import { modelDefaults } from '#shared/training/model-defaults.ts';
import { modelShapeFrom } from '#shared/training/model-shape.ts';

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
  expect(modelDefaults('dpo', large, { adapter: null })).toEqual({ adapter: usualAdapter, learningRate: 1e-6, klCoefficient: 0.1 });
  expect(modelDefaults('sft', large, { adapter: { rank: 4 } })).toEqual({ adapter: usualAdapter, learningRate: 1e-4 });
});
