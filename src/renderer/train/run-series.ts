import type { MetricRow } from '#shared/api/runs.ts';
import type { MetricName } from '#shared/metrics.ts';
import { type Column, lastMeasured, meanEndingAt } from '../charts/smooth.ts';

/**
 * The metrics of one run as columns, growing in place: a chart of 50,000 steps must not copy them on every new row.
 * Rows may come twice (fetched and streamed) or again (a resumed run repeats the steps after its last state); the newest of a step counts.
 */
export class RunSeries {
  /** Ascending. */
  readonly steps: number[] = [];
  private readonly columns = new Map<MetricName, Column>();
  /** Columns computed from others, and up to which step they still hold. */
  private readonly computed = new Map<string, { values: Column; through: number }>();

  /** Takes rows in any order. */
  add(rows: readonly MetricRow[]): void {
    for (const row of rows) this.put(row);
  }

  /** The values of one metric, one for each of `steps`, null where it was not measured. */
  column(name: MetricName): Column {
    return this.columns.get(name) ?? new Array<null>(this.steps.length).fill(null);
  }

  /** A column computed step by step and kept: only steps that are new or measured again are computed. `key` names the computation. */
  derived(key: string, at: (index: number) => number | null): Column {
    let kept = this.computed.get(key);
    if (!kept) {
      kept = { values: [], through: 0 };
      this.computed.set(key, kept);
    }
    for (let index = kept.through; index < this.steps.length; index++) kept.values[index] = at(index);
    kept.through = this.steps.length;
    return kept.values;
  }

  /** A metric's trailing mean over `window` measured values. */
  smoothed(name: MetricName, window: number): Column {
    if (window <= 1) return this.column(name);
    const values = this.column(name);
    return this.derived(`${name} over ${window}`, (index) => meanEndingAt(values, index, window));
  }

  has(name: MetricName): boolean {
    return this.columns.has(name);
  }

  names(): MetricName[] {
    return [...this.columns.keys()];
  }

  /** The last measured value of a metric, or null. */
  latest(name: MetricName): number | null {
    const column = this.columns.get(name);
    return column?.[lastMeasured(column)] ?? null;
  }

  /** The value of a metric at a step; null where it was not measured there, or no step is meant. */
  at(name: MetricName, step: number | null): number | null {
    const index = step === null ? -1 : this.steps.indexOf(step);
    return this.columns.get(name)?.[index] ?? null;
  }

  /** The last step there is a row for, or −1. */
  get lastStep(): number {
    return this.steps.at(-1) ?? -1;
  }

  private put(row: MetricRow): void {
    const index = this.place(row.step);
    for (const kept of this.computed.values()) kept.through = Math.min(kept.through, index);
    for (const [name, value] of Object.entries(row.values) as [MetricName, number | undefined][]) {
      if (value === undefined || !Number.isFinite(value)) continue;
      let column = this.columns.get(name);
      if (!column) {
        column = new Array<null>(this.steps.length).fill(null);
        this.columns.set(name, column);
      }
      column[index] = value;
    }
  }

  /** The index of `step`, made where there was none. */
  private place(step: number): number {
    let index = this.steps.length;
    while (index > 0 && this.steps[index - 1]! > step) index--;
    if (this.steps[index - 1] === step) return index - 1;
    this.steps.splice(index, 0, step);
    for (const column of this.columns.values()) column.splice(index, 0, null);
    return index;
  }
}
