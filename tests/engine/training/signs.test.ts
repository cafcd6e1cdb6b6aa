import { describe, expect, test } from 'vitest';
import { findSigns, type StepFacts } from '#engine/training/signs.ts';
import type { Metrics } from '#shared/metrics.ts';

const healthy: Metrics = {
  'objective/reward': 0,
  'objective/kl': 0.1,
  'objective/kl_k1': 0.1,
  'policy/sampling_gap': 0,
  'reward/std': 1,
  'reward/disagreement': 0.3,
  'objective/entropy': 30,
  'response/length_mean': 20,
  'response/terminated_fraction': 1,
  'response/length_reward_correlation': 0,
};

/** Steps that begin healthy and become `end` bit by bit. */
function course(end: Metrics, steps = 8): StepFacts[] {
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    const values = Object.fromEntries(
      Object.entries(healthy).map(([name, from]) => [name, from + share * ((end[name as keyof Metrics] ?? from) - from)]),
    );
    return { step, values, firstRatioDeviation: 0 };
  });
}
const signsOf = (history: StepFacts[], already: string[] = []) => findSigns(history, new Set(already)).map(({ sign }) => sign);

describe('signs of failure', () => {
  test('a run that goes well has none, at no step', () => {
    const history = course({ 'objective/reward': 1.2, 'objective/kl': 7, 'objective/entropy': 18, 'response/length_mean': 15 });
    for (let n = 0; n <= history.length; n++) expect(signsOf(history.slice(0, n))).toEqual([]);
  });

  test('reward up while KL climbs far', () => {
    expect(signsOf(course({ 'objective/reward': 2, 'objective/kl': 40 }))).toEqual(['reward_hacking']);
    expect(signsOf(course({ 'objective/reward': -1, 'objective/kl': 40 }))).toEqual([]);
  });

  test('KL by k1 below zero, three steps in a row', () => {
    const history = course({ 'objective/kl_k1': -3 });
    expect(signsOf(history)).toEqual(['negative_kl']);
    history.at(-2)!.values['objective/kl_k1'] = 0.2;
    expect(signsOf(history)).toEqual([]);
    // long answers wander farther by chance
    expect(signsOf(course({ 'objective/kl_k1': -1, 'response/length_mean': 200 }))).toEqual([]);
  });

  test('answers more or less surprising than their entropy, over several batches together', () => {
    const gapped = (...gaps: number[]) =>
      gaps.map((gap, i) => ({ ...course({})[i]!, values: { ...course({})[i]!.values, 'policy/sampling_gap': gap } }));
    expect(signsOf(gapped(8))).toEqual([]);
    expect(signsOf(gapped(8, -8))).toEqual([]);
    expect(signsOf(gapped(8, 1))).toEqual(['sampling_mismatch']);
    expect(signsOf(gapped(-2, -2, -2, -2))).toEqual([]);
    expect(signsOf(gapped(-2, -2, -2, -2, -2, -2, -2, -2))).toEqual(['sampling_mismatch']);
    expect(signsOf(gapped(2, -1, 2, 0, -2, 1, 2, -1))).toEqual([]);
  });

  test('reward up while the members of the reward model part', () => {
    expect(signsOf(course({ 'objective/reward': 2, 'reward/disagreement': 1.1 }))).toEqual(['reward_hacking']);
    expect(signsOf(course({ 'objective/reward': 2, 'reward/disagreement': 0.5 }))).toEqual([]);
  });

  test('a batch without any difference in reward', () => {
    const history = course({});
    for (const facts of history.slice(-3)) facts.values['reward/std'] = 0;
    expect(signsOf(history)).toEqual(['no_signal']);
    history.at(-1)!.values['reward/std'] = 1e-3;
    expect(signsOf(history)).toEqual([]);
  });

  test('ratio away from 1 before any update', () => {
    const history = course({});
    history.at(-1)!.firstRatioDeviation = 0.2;
    expect(signsOf(history)).toEqual(['path_mismatch']);
    history.at(-1)!.firstRatioDeviation = 1e-4;
    expect(signsOf(history)).toEqual([]);
  });

  test('entropy a token gone, not entropy of shorter answers', () => {
    expect(signsOf(course({ 'objective/entropy': 0.2 }))).toEqual(['entropy_collapse']);
    expect(signsOf(course({ 'objective/entropy': 3, 'response/length_mean': 2 }))).toEqual([]);
  });

  test('longer answers that score higher, or answers cut off, with reward up', () => {
    const longer = {
      'objective/reward': 1,
      'response/length_mean': 40,
      'response/length_reward_correlation': 0.6,
      'objective/entropy': 60,
    };
    expect(signsOf(course(longer))).toEqual(['length_bias']);
    expect(signsOf(course({ ...longer, 'response/length_reward_correlation': -0.6 }))).toEqual([]);
    expect(signsOf(course({ 'objective/reward': 1, 'response/terminated_fraction': 0.4 }))).toEqual(['length_bias']);
    expect(signsOf(course({ 'objective/reward': -1, 'response/terminated_fraction': 0.4 }))).toEqual([]);
  });

  test('groups whose answers all score the same', () => {
    const history = course({});
    const zero = [0.2, 0.5, 0.5, 0.6, 0.9, 0.95, 1, 1];
    history.forEach((facts, i) => {
      facts.values['grpo/zero_std_fraction'] = zero[i]!;
    });
    expect(signsOf(history)).toEqual(['no_signal']);
    expect(signsOf(history.slice(0, 5))).toEqual([]);
  });

  test('chosen answers that lose probability while the margin grows', () => {
    const dpo = (chosen: number, margin: number): StepFacts[] =>
      Array.from({ length: 6 }, (_, step) => ({
        step,
        firstRatioDeviation: 0,
        values: { 'kl/beta': 0.1, 'dpo/chosen_reward': (chosen * step) / 5, 'dpo/margin': (margin * step) / 5 },
      }));
    expect(signsOf(dpo(-2, 3))).toEqual(['likelihood_displacement']);
    expect(signsOf(dpo(-0.3, 3))).toEqual([]);
    expect(signsOf(dpo(2, 3))).toEqual([]);
    expect(signsOf(dpo(-2, -1))).toEqual([]);
  });

  test('is said once, as a sentence that says what to do', () => {
    const history = course({ 'objective/reward': 2, 'objective/kl': 40 });
    expect(signsOf(history, ['reward_hacking'])).toEqual([]);
    expect(findSigns(history, new Set())[0]).toMatchObject({ step: 7, sentence: expect.stringMatching(/^[A-Z].*compare.*\.$/) });
  });
});
