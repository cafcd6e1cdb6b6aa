import { describe, expect, it } from 'vitest';
import { RunSeries } from '../../../src/renderer/train/run-series.ts';

describe('RunSeries', () => {
  it('keeps columns as long as its steps, whatever comes when', () => {
    const series = new RunSeries();
    series.add([
      { step: 1, values: { 'rm/loss': 0.7 } },
      { step: 3, values: { 'rm/loss': 0.5, 'rm/held_out_accuracy': 0.8 } },
    ]);
    series.add([{ step: 2, values: { 'rm/loss': 0.6 } }]);
    expect(series.steps).toEqual([1, 2, 3]);
    expect(series.column('rm/loss')).toEqual([0.7, 0.6, 0.5]);
    expect(series.column('rm/held_out_accuracy')).toEqual([null, null, 0.8]);
    expect(series.column('sft/loss')).toEqual([null, null, null]);
    expect(series.latest('rm/loss')).toBe(0.5);
    expect(series.latest('sft/loss')).toBeNull();
  });

  it('counts a step once: what a resumed run measures again takes the place of what it measured first', () => {
    const series = new RunSeries();
    series.add([1, 2, 3].map((step) => ({ step, values: { 'rm/loss': step } })));
    series.add([
      { step: 2, values: { 'rm/loss': 20 } },
      { step: 3, values: { 'rm/loss': 30 } },
    ]);
    expect(series.steps).toEqual([1, 2, 3]);
    expect(series.column('rm/loss')).toEqual([1, 20, 30]);
  });

  it('takes 50,000 rows one by one', () => {
    const series = new RunSeries();
    for (let step = 0; step < 50_000; step++) series.add([{ step, values: { 'objective/reward': step, 'objective/kl': 1 } }]);
    expect(series.steps).toHaveLength(50_000);
    expect(series.column('objective/reward').at(-1)).toBe(49_999);
  });

  it('leaves out what is not a number, so that a chart never breaks on it', () => {
    const series = new RunSeries();
    series.add([{ step: 0, values: { 'rm/loss': Number.NaN } }]);
    expect(series.column('rm/loss')).toEqual([null]);
  });
});

describe('RunSeries, computed columns', () => {
  it('extends a smoothed column with new steps and corrects it where a step is measured again', () => {
    const series = new RunSeries();
    const slow = () =>
      series.column('rm/loss').map((_, index, all) => {
        const recent = all.slice(Math.max(0, index - 2), index + 1).map((value) => value ?? 0);
        return recent.reduce((sum, value) => sum + value, 0) / recent.length;
      });
    for (let step = 0; step < 20; step++) {
      series.add([{ step, values: { 'rm/loss': Math.sin(step) } }]);
      expect(series.smoothed('rm/loss', 3)).toEqual(slow().map((value) => expect.closeTo(value, 10)));
    }
    series.add([{ step: 7, values: { 'rm/loss': 50 } }]);
    expect(series.smoothed('rm/loss', 3)).toEqual(slow().map((value) => expect.closeTo(value, 10)));
  });

  it('computes each step once', () => {
    const series = new RunSeries();
    let calls = 0;
    const read = () =>
      series.derived('twice', (index) => {
        calls++;
        return index * 2;
      });
    series.add([0, 1, 2].map((step) => ({ step, values: { 'rm/loss': 1 } })));
    read();
    series.add([{ step: 3, values: { 'rm/loss': 1 } }]);
    expect(read()).toEqual([0, 2, 4, 6]);
    expect(calls).toBe(4);
  });
});
