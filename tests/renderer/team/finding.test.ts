import { expect, test } from 'vitest';
import type { PersonPanel, TeamReport } from '#shared/api/team.ts';
import type { Estimate } from '#shared/domain.ts';
import { asCount, findingOf } from '../../../src/renderer/team/finding.ts';

const estimate = (value: number, low: number, high: number, n = 200): Estimate => ({ value, low, high, n });

function report(given: {
  withoutTies?: Estimate | null;
  cohen?: Estimate | null;
  rest?: (Estimate | null)[];
  judgments?: number;
  kind?: 'simulated';
}): TeamReport {
  const people = (given.rest ?? []).map((rest, index) => ({ personId: `p${index}`, name: `P${index}`, rest }) as PersonPanel);
  return {
    kind: given.kind ?? 'person',
    judgments: given.judgments ?? 100,
    sharedPairs: 10,
    agreement: { withoutTies: given.withoutTies ?? null, cohen: given.cohen ?? null } as TeamReport['agreement'],
    biases: {} as TeamReport['biases'],
    people,
    couples: [],
    models: [],
    computedAt: 0,
  };
}

test('who agrees as published annotators do, and what their κ means', () => {
  const { title, words } = findingOf(
    report({
      withoutTies: estimate(0.71, 0.64, 0.77),
      cohen: estimate(0.38, 0.29, 0.46),
      rest: [
        estimate(0.76, 0.69, 0.82),
        estimate(0.72, 0.65, 0.79),
        estimate(0.72, 0.63, 0.79),
        estimate(0.69, 0.59, 0.77),
        estimate(0.54, 0.43, 0.62),
      ],
    }),
  );
  expect(title).toBe('Four of five people agree as published annotators do');
  expect(words).toBe(
    'Same answer in 71% [64, 77] without ties. κ 0.38 [0.29, 0.46] is what InstructGPT and HH data look like (0.26 to 0.46); “fair” on the usual scale does not mean poor here.',
  );
});

test.each([
  [{ judgments: 0 }, 'No judgments by people yet'],
  [{ judgments: 0, kind: 'simulated' as const }, 'No judgments by simulated annotators yet'],
  [{}, 'Nobody has judged the same pair as somebody else yet'],
  [{ withoutTies: estimate(0.75, 0.4, 0.9, 12) }, '9 of 12 answers to the same pair are the same'],
  [{ withoutTies: estimate(0.2, 0, 0.6, 5) }, '1 of 5 answers to the same pair is the same'],
  [{ withoutTies: estimate(0.5, 0.45, 0.55) }, 'People agree less than published annotators do'],
  [
    { withoutTies: estimate(0.8, 0.7, 0.9), rest: [estimate(0.8, 0.7, 0.9), estimate(0.8, 0.7, 0.9)] },
    'All two people agree as published annotators do',
  ],
])('%j: %s', (given, title) => {
  expect(findingOf(report(given)).title).toBe(title);
});

test('κ away from published data is said to be so', () => {
  const words = (cohen: Estimate) => findingOf(report({ withoutTies: estimate(0.7, 0.6, 0.8), cohen })).words;
  expect(words(estimate(0.1, 0, 0.2))).toMatch(/below what InstructGPT/);
  expect(words(estimate(0.6, 0.5, 0.7))).toMatch(/above what InstructGPT/);
});

test('under twenty it is a count', () => {
  expect(asCount(estimate(0.5, 0, 1, 14))).toBe('7 of 14');
  expect(asCount(estimate(0.5, 0, 1, 20))).toBeNull();
});
