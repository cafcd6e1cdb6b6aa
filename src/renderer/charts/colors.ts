import { useSyncExternalStore } from 'react';

/** The tokens of design.md that a canvas needs; a canvas cannot read CSS variables by itself. */
const variables = {
  ink: '--mantine-color-text',
  dimmed: '--mantine-color-dimmed',
  page: '--mantine-color-body',
  faint: '--pl-faint',
  line: '--pl-line',
  ref: '--pl-ref',
  rawLine: '--pl-line-strong',
  a: '--pl-a',
  aFill: '--pl-a-fill',
  b: '--pl-b',
  bFill: '--pl-b-fill',
  signal: '--pl-signal',
  band: '--pl-band',
} as const;

export type ColorName = keyof typeof variables;
export type ChartColors = Record<ColorName, string>;

/** What a token becomes where the system chooses the colors (design.md, forced-colors): text, gray lines, and two accents. */
const forced: ChartColors = {
  ink: 'CanvasText',
  dimmed: 'CanvasText',
  page: 'Canvas',
  faint: 'CanvasText',
  line: 'GrayText',
  ref: 'GrayText',
  rawLine: 'GrayText',
  a: 'Highlight',
  aFill: 'Highlight',
  b: 'LinkText',
  bFill: 'LinkText',
  signal: 'CanvasText',
  band: 'transparent',
};

function readColors(): ChartColors {
  if (matchMedia('(forced-colors: active)').matches) return forced;
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, style.getPropertyValue(variable).trim() || '#808080']),
  ) as ChartColors;
}

let current: ChartColors | null = null;

function subscribe(changed: () => void): () => void {
  const reread = () => {
    current = readColors();
    changed();
  };
  const observer = new MutationObserver(reread);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-mantine-color-scheme'] });
  const contrast = matchMedia('(forced-colors: active)');
  contrast.addEventListener('change', reread);
  return () => {
    observer.disconnect();
    contrast.removeEventListener('change', reread);
  };
}

/** The chart colors of the scheme in force; renders again when the scheme changes. */
export function useChartColors(): ChartColors {
  return useSyncExternalStore(subscribe, () => {
    current ??= readColors();
    return current;
  });
}
