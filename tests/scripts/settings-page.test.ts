import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { method as methods } from '#shared/domain.ts';
import { metricMeanings } from '#shared/metrics.ts';
import { metricsOf, settingsPage } from '../../scripts/lib/settings-page.ts';
import { configSchemas } from '../../src/renderer/train/setting-words.ts';

test('docs/algorithms/settings.md has the settings, defaults and metrics of this version; `npm run docs:settings` writes it', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/algorithms/settings.md'), 'utf8');
  expect(page).toBe(settingsPage());
});

test('it leaves out no setting and no metric', () => {
  const sections = settingsPage().split('\n## ').slice(1);
  expect(sections.length).toBe(methods.options.length);
  for (const [index, method] of methods.options.entries()) {
    const missing = Object.keys(configSchemas[method].shape).filter((key) => !sections[index]!.includes(`| \`${key}\` |`));
    expect(missing, method).toEqual([]);
  }
  const reported = new Set(methods.options.flatMap(metricsOf));
  expect(Object.keys(metricMeanings).filter((name) => !reported.has(name as keyof typeof metricMeanings))).toEqual([]);
});
