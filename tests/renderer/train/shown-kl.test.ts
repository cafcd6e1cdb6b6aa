import { expect, test } from 'vitest';
import { klChart, shownKl } from '../../../src/renderer/train/run-charts.ts';
import { RunSeries } from '../../../src/renderer/train/run-series.ts';

const facts = { totalSteps: 2, signs: [], height: 100 };

test('KL is drawn by k3; by what is paid for where β adapts to it, and in runs that have no k3', () => {
  const series = new RunSeries();
  series.add([{ step: 1, values: { 'objective/kl': -0.2, 'objective/kl_k1': -0.2 } }]);
  expect(shownKl(series, false, 'k1')).toEqual({ metric: 'objective/kl', estimator: 'k1' });
  series.add([{ step: 2, values: { 'objective/kl': 0.5, 'objective/kl_k3': 0.7 } }]);
  const shown = shownKl(series, false, 'k1');
  expect(shown).toEqual({ metric: 'objective/kl_k3', estimator: 'k3' });
  expect(shownKl(series, true, 'k1')).toEqual({ metric: 'objective/kl', estimator: 'k1' });
  expect(klChart(series, facts, null, shown.metric).series.map(({ values }) => values)).toEqual([[null, 0.7]]);
  expect(klChart(series, facts, 6, 'objective/kl').series.map(({ values }) => values)).toEqual([[-0.2, 0.5]]);
});
