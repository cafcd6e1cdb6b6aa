import { describe, expect, it } from 'vitest';
import { configSchemas } from '../../../src/renderer/train/setting-words.ts';
import { type SweepChoice, sweepOf } from '../../../src/renderer/train/sweep.ts';

const ppo = configSchemas.ppo.parse({});
const dpo = configSchemas.dpo.parse({});
const aroundForm: SweepChoice = { setting: 'klCoefficient', values: null };

describe('the values of a sweep', () => {
  it('go by the form as it stands when the runs start', () => {
    expect(sweepOf('ppo', { setting: 'seed', count: 5 }, { ...ppo, seed: 100 }, ppo).values).toEqual([100, 101, 102, 103, 104]);
    expect(sweepOf('ppo', aroundForm, { ...ppo, klCoefficient: 1 }, ppo).values).toEqual([0.25, 0.5, 1, 2, 4]);
    expect(sweepOf('ppo', { setting: 'klCoefficient', values: [0.1, 0.3] }, { ...ppo, klCoefficient: 1 }, ppo).values).toEqual([0.1, 0.3]);
  });

  it('are none twice, and none that the method refuses', () => {
    const withoutBeta = sweepOf('ppo', aroundForm, { ...ppo, klCoefficient: 0 }, { ...ppo, klCoefficient: 0.1 });
    expect(withoutBeta.values).toEqual([0, 0.05, 0.1, 0.2, 0.4]);
    expect(sweepOf('dpo', aroundForm, { ...dpo, klCoefficient: 0 }, { ...dpo, klCoefficient: 0.1 }).values).toEqual([0.05, 0.1, 0.2, 0.4]);
    expect(sweepOf('ppo', { setting: 'klCoefficient', values: [0.1, 0.3, 0.1] }, ppo, ppo).values).toEqual([0.1, 0.3]);
  });

  it('go by the defaults where the form has no number', () => {
    expect(sweepOf('ppo', { setting: 'seed', count: 2 }, { ...ppo, seed: '' }, ppo).values).toEqual([0, 1]);
    expect(sweepOf('ppo', aroundForm, { ...ppo, klCoefficient: 'much' }, { ...ppo, klCoefficient: 1 }).values).toContain(1);
  });
});
