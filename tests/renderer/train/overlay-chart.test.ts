import { describe, expect, it } from 'vitest';
import { overlayChart } from '../../../src/renderer/train/overlay-chart.ts';
import { objectiveChart, priceOfKl } from '../../../src/renderer/train/run-charts.ts';
import { RunSeries } from '../../../src/renderer/train/run-series.ts';

function run(id: string, steps: number[]) {
  const series = new RunSeries();
  series.add(
    steps.map((step) => ({
      step,
      values: { 'objective/kl': step, 'kl/beta': 0.1, 'objective/reward': step, 'objective/rlhf_reward': step * 0.9 },
    })),
  );
  return { id, name: id, totalSteps: 5, series };
}

describe('overlayChart', () => {
  it('puts runs of different steps on one axis, each with its own values and none of another', () => {
    const chart = overlayChart([run('a', [0, 2, 4]), run('b', [0, 1, 2])], 'objective/kl', { height: 100, format: String });
    expect(chart.x).toEqual([0, 1, 2, 4]);
    expect(chart.series.map((series) => series.values)).toEqual([
      [0, null, 2, 4],
      [0, 1, 2, null],
    ]);
    expect(chart.series.map((series) => series.color)).toEqual(['ink', 'aFill']);
    expect(chart.series[1]!.label).toBe('b 2');
  });
});

describe('objectiveChart', () => {
  it('draws reward, its price and their difference, and shades between the first two', () => {
    const { series } = run('a', [0, 1, 2, 3]);
    expect(priceOfKl(series)).toEqual([0, 0.1, 0.2, expect.closeTo(0.3)]);
    const chart = objectiveChart(series, { totalSteps: 4, signs: [{ step: 2, sign: 'length_bias', sentence: 'x' }], height: 300 });
    expect(chart.series.map((one) => one.key)).toEqual(['reward', 'β·KL', 'objective']);
    expect(chart.gap).toEqual({ upper: 'reward', lower: 'β·KL' });
    expect(chart.marks).toEqual([{ x: 2, words: 'length bias' }]);
    expect(chart.series[2]!.label).toBe('objective +2.70');
  });
});
