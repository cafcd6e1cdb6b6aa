import { createElement } from 'react';
import { expect, test } from 'vitest';
import { PlannedRun } from '../../../src/renderer/train/PlannedRun.tsx';
import { configSchemas } from '../../../src/renderer/train/setting-words.ts';
import type { RunPlan } from '../../../src/shared/api/runs.ts';
import { type Method, method as methods } from '../../../src/shared/domain.ts';
import { drawn } from '../../support/drawn.ts';

const planOf = (method: Method): RunPlan => ({
  ready: false, // a page drawn once, as text, has no keys to show on a button
  sentences: [],
  startCheckpoints: [{ id: 'sft', name: 'sft', parameters: 1e6 }],
  rewardModels: [],
  lacksOnlyRewardModel: false,
  data: { train: 10, heldOut: 2, byPeople: 0, simulated: 12, byModel: 0 },
  defaults: configSchemas[method].parse({}),
  estimate: { seconds: 60, memoryBytes: 1e8 },
});

/** The form of a new run as it is first drawn, as text. */
function formOf(method: Method, plan = planOf(method)): string {
  const props = { method, choice: null, plan, judgmentsBy: ['person' as const], askedReward: null, askedStart: null };
  return drawn(createElement(PlannedRun, { ...props, setJudgmentsBy: () => {} }));
}

test.each(methods.options)('%s: whoever learns from judgments is asked by whom', (method) => {
  const form = formOf(method);
  const online = method === 'ppo' || method === 'grpo';
  expect(form.includes('Judgments by')).toBe(!online);
  expect(form.includes('Simulated annotator, 12')).toBe(!online);
  expect(form.includes('with reward against KL')).toBe(online); // what several runs are drawn as
});

test('SFT says where its answers come from', () => {
  expect(formOf('sft')).toMatch(/Fine-tune on the preferred answers of 10 pairs/);
});

test('a project without a model weighs nothing: no memory is said to fit', () => {
  const estimate = { seconds: null, memoryBytes: 0 };
  expect(formOf('reward')).toMatch(/On this machine.*Fits\./);
  expect(formOf('reward', { ...planOf('reward'), startCheckpoints: [], estimate })).not.toMatch(/On this machine|Fits/);
});
