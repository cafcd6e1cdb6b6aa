import { createElement } from 'react';
import { expect, test } from 'vitest';
import { TooFewModels } from '../../../src/renderer/compare/NewComparisonPage.tsx';
import { drawn } from '../../support/drawn.ts';

test('without a model one is imported, with one it is trained', () => {
  const none = drawn(createElement(TooFewModels, { model: undefined }));
  expect(none).toMatch(/There is no model.*Import a model/s);
  expect(none).not.toContain('PPO');
  expect(drawn(createElement(TooFewModels, { model: { name: 'tiny' } }))).toMatch(/only one model.*needs\s+tiny.*Align with PPO/s);
});
