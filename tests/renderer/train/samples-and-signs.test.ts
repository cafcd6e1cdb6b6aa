import { describe, expect, it } from 'vitest';
import { samplesByPrompt, threeOf } from '../../../src/renderer/train/samples.ts';
import { firstOfEach, signSentenceStart, signWords } from '../../../src/renderer/train/signs.ts';

const sample = (promptId: string, step: number) => ({
  promptId,
  step,
  prompt: promptId,
  text: '',
  tokens: 1,
  terminated: true,
  reward: null,
  kl: null,
});

describe('samples', () => {
  it('gathers the answers to each prompt by step, whatever order they come in', () => {
    const groups = samplesByPrompt([sample('a', 2), sample('b', 0), sample('a', 0), sample('b', 2), sample('a', 4)]);
    expect(groups.map(({ promptId, answers }) => [promptId, answers.map(({ step }) => step)])).toEqual([
      ['a', [0, 2, 4]],
      ['b', [0, 2]],
    ]);
  });

  it('shows the first, one halfway and the chosen one, each once', () => {
    const answers = [0, 1, 2, 3, 4].map((step) => sample('a', step));
    expect([4, 1, 0].map((chosen) => threeOf(answers, chosen).map(({ step }) => step))).toEqual([[0, 2, 4], [0, 1], [0]]);
  });
});

describe('signs', () => {
  it('says since when each has been seen, earliest first', () => {
    const sign = (name: string, step: number) => ({ sign: name, step, sentence: '' });
    const first = firstOfEach([sign('length_bias', 9), sign('negative_kl', 4), sign('length_bias', 7)]);
    expect(first.map(({ sign: name, step }) => [name, step])).toEqual([
      ['negative_kl', 4],
      ['length_bias', 7],
    ]);
  });

  it('reads as words, with KL as the field writes it', () => {
    expect(signWords('negative_kl')).toBe('negative KL');
    expect(signSentenceStart('length_bias')).toBe('Length bias');
  });
});
