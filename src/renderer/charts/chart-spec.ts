import type { ColorName } from './colors.ts';
import type { Column } from './smooth.ts';

/** One line of a chart. `key` and `width` are its structure; the rest may change on every render without making the chart anew. */
export interface LineSeries {
  key: string;
  /** One value for each `x` of the chart. */
  values: Column;
  color: ColorName;
  /** CSS pixels: 2 for the subject, 2.5 for the objective, 1 for raw data under it. */
  width: number;
  /** Words at the end of the line, with a dot; none without. */
  label?: string | undefined;
  /** Sets the label in semibold. */
  strong?: boolean;
  /** Name in the line of values under the cursor; a series without one is left out there. */
  name?: string;
  format?: (value: number) => string;
}

/** Shades what lies between two series where `upper` is the higher one. */
export interface ShadedGap {
  upper: string;
  lower: string;
}

/** A sign of failure: a red hairline with ▼ and two or three words. */
export interface Mark {
  x: number;
  words: string;
}

/** A gray hairline that things are measured against, with its name at its right end. */
export interface Reference {
  y: number;
  words: string;
}

export interface ChartSpec {
  /** Ascending. */
  x: number[];
  series: LineSeries[];
  gap?: ShadedGap | undefined;
  marks?: Mark[];
  references?: Reference[];
  /** Ends of the x axis. */
  from: number;
  to: number;
  /** Values that the y axis must show. */
  include?: readonly number[];
  /** Puts + before tick values above 0. */
  signed?: boolean;
  /** Writes tick values as percentages; the values are shares of one. */
  percent?: boolean;
  /** Leaves out the words of the x axis, for a chart above another that has them. */
  hideXWords?: boolean;
  /** Room right of the plot for labels of lines that reach the end, CSS pixels. */
  labelRoom: number;
  height: number;
}

/** What makes a chart structurally another one: uPlot must be made anew only when this changes. */
export function structureOf(spec: ChartSpec): string {
  return JSON.stringify([
    spec.series.map((series) => [series.key, series.width]),
    spec.gap ?? null,
    spec.hideXWords ?? false,
    spec.labelRoom,
  ]);
}

/** Pixels above the lines: the words of marks lie there. */
export function topRoom({ marks }: ChartSpec): number {
  return marks?.length ? 20 : 8;
}
