import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { MemoryRouter } from 'react-router';
import { expect, test } from 'vitest';
import { PlannedRun } from '../../../src/renderer/train/PlannedRun.tsx';
import { configSchemas } from '../../../src/renderer/train/setting-words.ts';
import type { RunPlan } from '../../../src/shared/api/runs.ts';
import { type Method, method as methods } from '../../../src/shared/domain.ts';

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
function formOf(method: Method): string {
  const props = { method, choice: null, plan: planOf(method), judgmentsBy: ['person' as const], askedReward: null, askedStart: null };
  const form = createElement(PlannedRun, { ...props, setJudgmentsBy: () => {} });
  const routed = createElement(MemoryRouter, null, createElement(QueryClientProvider, { client: new QueryClient() }, form));
  return renderToStaticMarkup(createElement(MantineProvider, null, routed)).replaceAll(/<style.*?<\/style>|<[^>]*>/gs, ' ');
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
