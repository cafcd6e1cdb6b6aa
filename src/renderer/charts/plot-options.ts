import type uPlot from 'uplot';
import { type ChartSpec, topRoom } from './chart-spec.ts';
import type { ChartColors } from './colors.ts';
import { drawAnnotations, drawReferences } from './draw-annotations.ts';
import { tickWords, valueRange } from './ticks.ts';

const font = '12px "IBM Plex Sans", system-ui, sans-serif';
const axisWidth = 44;
const wordsHeight = 24;

/** What the chart draws now; uPlot's callbacks read it, so that new data, marks or colors never make the chart anew. */
export interface Live {
  spec: ChartSpec;
  colors: ChartColors;
  /** Index under the cursor, or null when it left. */
  onCursor: (index: number | null) => void;
}

/** uPlot's options for a line chart: no legend, no border, at most six grid lines each way, cursor shared by `syncKey`. */
export function plotOptions(live: { current: Live }, width: number, syncKey: string | undefined): uPlot.Options {
  const { spec } = live.current;
  const indexOf = (key: string) => spec.series.findIndex((series) => series.key === key) + 1;
  const colorOf = (index: number) => live.current.colors[live.current.spec.series[index - 1]?.color ?? 'ink'];
  const grid = { stroke: () => live.current.colors.line, width: 1 };
  const axis = { font, stroke: () => live.current.colors.dimmed, grid, ticks: { show: false } };
  return {
    width,
    height: spec.height,
    pxAlign: 0,
    padding: [() => topRoom(live.current.spec), spec.labelRoom, spec.hideXWords ? 8 : 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7, width: 0, fill: (_plot, index) => colorOf(index) },
      ...(syncKey === undefined ? {} : { sync: { key: syncKey, setSeries: false } }),
    },
    scales: {
      x: { time: false, range: () => [live.current.spec.from, live.current.spec.to] },
      y: {
        range: (_plot, low, high) =>
          valueRange(low ?? Number.POSITIVE_INFINITY, high ?? Number.NEGATIVE_INFINITY, [
            ...(live.current.spec.include ?? []),
            ...(live.current.spec.references ?? []).map((reference) => reference.y),
          ]),
      },
    },
    axes: [
      {
        ...axis,
        size: spec.hideXWords ? 0 : wordsHeight,
        gap: 6,
        space: (_plot, _axis, _low, _high, pixels) => Math.max(56, pixels / 8),
        // Steps are whole: no tick between two of them.
        incrs: [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000, 100_000],
        values: (_plot, ticks) => (live.current.spec.hideXWords ? ticks.map(() => '') : tickWords(ticks, false)),
      },
      {
        ...axis,
        size: axisWidth,
        gap: 8,
        space: (_plot, _axis, _low, _high, pixels) => Math.max(28, pixels / 6.5),
        values: (_plot, ticks) => valueWords(ticks, live.current.spec),
      },
    ],
    series: [
      {},
      ...spec.series.map(
        (series): uPlot.Series => ({
          width: series.width,
          stroke: (_plot, index) => colorOf(index),
          points: { show: false },
          spanGaps: true,
        }),
      ),
    ],
    ...(spec.gap ? { bands: [{ series: [indexOf(spec.gap.upper), indexOf(spec.gap.lower)], fill: () => live.current.colors.band }] } : {}),
    hooks: {
      drawAxes: [(plot) => drawReferences(plot, live.current.spec, live.current.colors, devicePixelRatio)],
      draw: [(plot) => drawAnnotations(plot, live.current.spec, live.current.colors, devicePixelRatio)],
      setCursor: [(plot) => live.current.onCursor(plot.cursor.idx ?? null)],
    },
  };
}

function valueWords(ticks: number[], spec: ChartSpec): string[] {
  if (spec.percent)
    return tickWords(
      ticks.map((tick) => tick * 100),
      false,
    ).map((words) => `${words}%`);
  return tickWords(ticks, spec.signed ?? false);
}

/** The chart's columns in uPlot's order: x, then each series. */
export function plotData(spec: ChartSpec): uPlot.AlignedData {
  return [spec.x, ...spec.series.map((series) => series.values)];
}
