import { describe, expect, it } from 'vitest';
import { scaledSeconds } from '../../../src/renderer/train/estimate.ts';
import {
  choicesOf,
  configSchemas,
  numberWords,
  settingErrors,
  settingsOf,
  settingsSummary,
  settingValue,
} from '../../../src/renderer/train/setting-words.ts';
import { method } from '../../../src/shared/domain.ts';
import { usualAdapter } from '../../../src/shared/training/adapter.ts';

describe('settings', () => {
  it.each(method.options)('%s: every setting of the schema is shown, and every one shown exists', (name) => {
    expect(
      settingsOf(name)
        .map((setting) => setting.key)
        .sort(),
    ).toEqual(Object.keys(configSchemas[name].parse({})).sort());
    expect(settingErrors(name, configSchemas[name].parse({})).size).toBe(0);
  });

  it('knows the choices of a setting from its schema', () => {
    expect(choicesOf('ppo', 'klEstimator')).toEqual(['k1', 'k2', 'k3']);
    expect(choicesOf('ppo', 'steps')).toBeNull();
  });

  it('says what would be right for a wrong value', () => {
    const errors = settingErrors('ppo', {
      ...configSchemas.ppo.parse({}),
      steps: 0,
      learningRate: 'much',
      episodes: 1.5,
      gamma: 2,
      learningRate2: 1,
    });
    expect(errors.get('steps')).toBe('at least 1');
    expect(errors.get('gamma')).toBe('at most 1');
    expect(errors.get('episodes')).toBe('a whole number');
    expect(errors.get('learningRate')).toBe('a number');
  });

  it('says which part of a reward is wrong, and how', () => {
    const wrong = (rewards: unknown) => settingErrors('grpo', { ...configSchemas.grpo.parse({}), rewards }).get('rewards');
    expect(wrong([{ kind: 'model' }, { kind: 'length', max: 40 }])).toBeUndefined();
    expect(wrong('[{')).toBe('a list in JSON of parts, each with a kind');
    expect(wrong([])).toBe('at least one reward is needed');
    expect(wrong([{ kind: 'model' }, { kind: 'taste' }])).toBe('part 2: kind is model, length, regex or json');
    expect(wrong([{ kind: 'regex', pattern: '(' }])).toBe('part 1: this is no regular expression of JavaScript');
    expect(wrong([{ kind: 'length', max: 0 }])).toBe('part 1, max: at least 1');
    expect(wrong([{ kind: 'length', max: 1.5, unit: 'lines' }])).toBe('part 1, unit: one of tokens, words');
    expect(wrong([{ kind: 'regex', pattern: '' }])).toBe('part 1, pattern: at least 1 letter long');
    expect(wrong([{ kind: 'json', schema: 3 }])).toBe('part 1, schema: an object');
    expect(wrong([{ kind: 'model', wait: 1 }])).toBe('part 1: there is no wait');
    expect(wrong([{ kind: 'length' }])).toBe('part 1: a length rule has either target or max');
  });

  it('says what of an adapter is not usual', () => {
    expect(settingValue(usualAdapter)).toBe('adapter of rank 8');
    expect(settingValue({ rank: 4, alpha: 8, targets: ['all-linear'] })).toBe('adapter of rank 4');
    expect(settingValue({ rank: 8, alpha: 32, targets: ['q_proj', 'v_proj'] })).toBe('adapter of rank 8, α 32, on q_proj, v_proj');
  });

  it('writes numbers as people do', () => {
    expect([64, 0.2, 0.0005, 1e-5, -1].map(numberWords)).toEqual(['64', '0.2', '5e−4', '1e−5', '−1']);
  });

  it('names what differs from the defaults, and counts the rest', () => {
    // of a large model: what suits it is nothing that a person changed
    const defaults = { ...configSchemas.ppo.parse({}), maxGradNorm: 0.5, adapter: usualAdapter };
    const words = settingsSummary({ method: 'ppo', config: { ...defaults, clipRange: 0.3 }, defaults });
    expect(words).toContain('clip ε 0.3');
    expect(words).not.toMatch(/warm-up|gradient clip/);
    expect(words).toMatch(/\d+ more at their defaults$/);
  });
});

describe('scaledSeconds', () => {
  it('keeps the plan for the defaults, and doubles with twice the steps', () => {
    const defaults = configSchemas.ppo.parse({});
    expect(scaledSeconds('ppo', 60, defaults, defaults, 1)).toBe(60);
    expect(scaledSeconds('ppo', 60, defaults, { ...defaults, steps: Number(defaults.steps) * 2 }, 1)).toBe(120);
    expect(scaledSeconds('ppo', 60, defaults, defaults, 0.5)).toBe(60); // prompts are drawn again and again
    expect(scaledSeconds('reward', 60, configSchemas.reward.parse({}), configSchemas.reward.parse({}), 0.5)).toBe(30);
  });
});
