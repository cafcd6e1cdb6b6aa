import { expect, test } from 'vitest';
import type { Tokenizer } from '#engine/tokens/tokenizer.ts';
import { sampleTokens } from '#engine/training/sample-tokens.ts';
import { ppoConfig } from '#shared/training/ppo.ts';

// The names of ids are all that is read of a tokenizer here.
const tokenizer = { decode: ([id]: number[]) => `<${id}>` } as unknown as Tokenizer;
const answer = {
  promptId: 'p',
  prompt: [1, 2],
  response: [5, 6, 0],
  terminated: true,
  reward: 1,
  parts: [1],
  disagreement: null,
  logProbs: [-1, -2, -0.5],
  referenceLogProbs: [-1.5, -1, -0.5],
  surprise: { excess: 0, squares: 0 },
  values: [0.5, 0.4, 0.2],
};

test('rewards, values and advantages of an answer are those that PPO would learn from', () => {
  const config = ppoConfig.parse({ klCoefficient: 0.1, klEstimator: 'k1', klClip: 0, lambda: 0.9, gamma: 1 });
  const { tokens, logRatios, rewards = [], values, advantages = [] } = sampleTokens(answer as never, tokenizer, config);
  expect(tokens).toEqual(['<5>', '<6>', '<0>']);
  expect(logRatios).toEqual([0.5, -1, 0]);
  expect(values).toEqual(answer.values);
  const expected = [-0.05, 0.1, 1]; // −β·k1, and the score on the last token
  for (const [t, reward] of expected.entries()) expect(rewards[t]).toBeCloseTo(reward, 12);
  // GAE as the sum of its definition, Σ_l (γλ)^l δ_{t+l}, instead of the recursion
  const delta = expected.map((reward, t) => reward + (answer.values[t + 1] ?? 0) - answer.values[t]!);
  for (let t = 0; t < 3; t++) {
    let sum = 0;
    for (let l = 0; t + l < 3; l++) sum += 0.9 ** l * delta[t + l]!;
    expect(advantages[t]).toBeCloseTo(sum, 12);
  }
});

test('without a critic there is only what the policy changed', () => {
  expect(sampleTokens({ ...answer, values: [] } as never, tokenizer, null)).toEqual({
    tokens: ['<5>', '<6>', '<0>'],
    logRatios: [0.5, -1, 0],
  });
});
