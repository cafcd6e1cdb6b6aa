import { describe, expect, it } from 'vitest';
import { forecastSentence, lengthSentence, membersSentence, orderedWords } from '../../../src/renderer/train/reward-words.ts';

describe('what a reward report says', () => {
  it('gives no percentage of few pairs', () => {
    expect(orderedWords({ correct: 5, untied: 6 })).toBe('5 of 6 pairs');
    expect(orderedWords({ correct: 0, untied: 1 })).toBe('0 of 1 pair');
    expect(orderedWords({ correct: 72, untied: 90 })).toBe('80% [71, 87] of 90 pairs');
  });

  it('says what more judgments would buy, with its interval, and when they would not', () => {
    const forecast = (gain: number, low: number, high: number) =>
      forecastSentence({ points: [], forecast: { morePairs: 100, gain, low, high } });
    expect(forecast(0.021, 0.004, 0.043)).toBe('100 more judged pairs would raise accuracy by about 2.1 points, 95% 0.4 to 4.3.');
    expect(forecast(0.009, -0.015, 0.028)).toBe(
      '100 more judged pairs would bring about 0.9 points of accuracy, 95% −1.5 to 2.8: they may bring nothing.',
    );
    expect(forecast(0.001, -0.02, 0.004)).toMatch(/by 0.4 points at most\. Look for better judgments/);
  });

  it('says whether reward tells anything at equal length', () => {
    const control = (value: number, error: number) =>
      lengthSentence({
        nearEqual: { correct: 1, untied: 1 },
        withoutLength: { correct: 1, untied: 1 },
        longerChosen: { correct: 30, untied: 40 },
        odds: { reward: { value, error }, length: { value: 0, error: 1 } },
      });
    expect(control(1, 0.3)).toBe(
      'The longer response was chosen in 75% [60, 86] of 40 pairs. At equal length, reward still tells which response people chose.',
    );
    expect(control(0.5, 0.3)).toMatch(/not certain/);
  });

  it('says where the members of a reward model agree', () => {
    const report = { members: 5, disagreement: 0.3, correct: [40, 41, 43, 44, 42] };
    expect(membersSentence({ ...report, agreed: { correct: 36, untied: 48 }, divided: { correct: 7, untied: 12 } })).toBe(
      'All 5 members order 48 of 60 pairs alike, right in 75%; on the others their mean is right in 7 of 12.',
    );
    expect(membersSentence({ ...report, agreed: { correct: 9, untied: 10 }, divided: { correct: 0, untied: 0 } })).toBe(
      'All 5 members order 10 of 10 pairs alike.',
    );
  });
});
