import { MantineProvider } from '@mantine/core';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { Estimate } from '#shared/domain.ts';
import { Share } from '../../../src/renderer/team/Share.tsx';
import type { NumberKind } from '../../../src/renderer/ui/format.ts';

const text = (estimate: Estimate | null, kind?: NumberKind) =>
  renderToStaticMarkup(createElement(MantineProvider, null, createElement(Share, { estimate, ...(kind && { kind }) }))).replace(
    /<style[^>]*>.*?<\/style>|<[^>]*>/gs,
    '',
  );

test('under twenty a share is a count and a coefficient says nothing: one pair is no interval', () => {
  expect(text({ value: -1.01, low: -1.01, high: -1.01, n: 1 }, 'plain')).toBe('too few');
  expect(text({ value: 0.5, low: 0.2, high: 0.8, n: 19 }, 'plain')).toBe('too few');
  expect(text({ value: 0.3, low: 0.2, high: 0.4, n: 20 }, 'plain')).toBe('0.30 [0.20, 0.40]');
  expect(text({ value: 0.5, low: 0.2, high: 0.8, n: 14 })).toBe('7 of 14');
  expect(text({ value: 0.5, low: 0.3, high: 0.7, n: 20 })).toBe('50% [30, 70]');
  expect(text(null, 'plain')).toBe('–');
});
