import { describe, expect, it } from 'vitest';
import { metricRows, metricValue } from '../../../src/renderer/train/metric-words.ts';

describe('metricValue', () => {
  it('writes about three digits at any size', () => {
    expect([2140.4, 118.3, 12.34, 1.623, 0.611, 0.0112, 0.0003, 0, -0.5].map(metricValue)).toEqual([
      '2,140',
      '118',
      '12.3',
      '1.62',
      '0.61',
      '0.011',
      '3e−4',
      '0',
      '−0.50',
    ]);
  });
});

describe('metricRows', () => {
  it('puts parts of a reward before all', () => {
    expect(metricRows('grpo', ['response/length_mean', 'reward/part/regex', 'reward/part/length'])).toEqual([
      'reward/part/length',
      'reward/part/regex',
      'response/length_mean',
    ]);
  });

  it('puts the telling ones first, leaves out what is charted, and loses nothing else', () => {
    expect(metricRows('ppo', ['time/step', 'objective/kl', 'response/length_mean', 'kl/beta'])).toEqual([
      'response/length_mean',
      'kl/beta',
      'time/step',
    ]);
  });
});
