import { expect, test } from 'vitest';
import { factsSentence } from '../../../src/renderer/compare/facts.ts';
import { proportion } from '../../../src/shared/statistics.ts';

const measured = (name: string, stray: number | null) => ({
  checkpoint: { id: name, name, kind: 'policy' as const },
  strayNumbers: stray === null ? null : proportion(stray, 100),
});

test('says what reward does not see, and by how much numbers got worse where the intervals part', () => {
  expect(factsSentence([measured('sft', 12), measured('ppo-1', 14)])).toMatch(/^Reward knows only what judgments taught it/);
  expect(factsSentence([measured('sft', 12), measured('ppo-1', 45)])).toBe(
    'In 45% [36, 55] of its answers ppo-1 states a number that the prompt has not, sft in 12% [7, 20]: reward did not see that. Read some answers before you use it.',
  );
  expect(factsSentence([measured('sft', null), measured('ppo-1', 45)])).toMatch(/Read some answers/);
});
