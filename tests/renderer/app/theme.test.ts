import { DEFAULT_THEME, mergeMantineTheme } from '@mantine/core';
import { expect, test } from 'vitest';
import { resolver, theme } from '../../../src/renderer/app/theme.ts';

const whole = mergeMantineTheme(DEFAULT_THEME, theme);
const schemes = resolver(whole);

/** Relative luminance (WCAG 2.2) of `#rrggbb`. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

test.each([
  ['light', whole.white],
  ['dark', whole.colors.dark![7]!],
] as const)('%s: what is faint, what signals and what is wrong can be read on the page', (scheme, page) => {
  for (const name of ['--mantine-color-dimmed', '--mantine-color-error', '--pl-faint', '--pl-signal', '--pl-a', '--pl-b']) {
    expect(contrast((schemes[scheme] as Record<string, string>)[name]!, page), name).toBeGreaterThanOrEqual(4.5);
  }
});
