import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { type ChartSpec, structureOf, topRoom } from './chart-spec.ts';
import classes from './charts.module.css';
import { useChartColors } from './colors.ts';
import { type Live, plotData, plotOptions } from './plot-options.ts';

interface LineChartProps {
  spec: ChartSpec;
  /** What the chart shows, in words, for those who do not see it. */
  label: string;
  /** Charts with the same key share their cursor. */
  syncKey?: string;
  /** Called with the index of `spec.x` under the cursor, or null when it left the chart. */
  onCursor?: (index: number | null) => void;
}

/**
 * The one wrapper around uPlot. New data, marks, labels and colors are drawn into the same plot; only another set of series makes a new one.
 * Holds 50,000 points a series at the frame rate of the screen.
 */
export function LineChart({ spec, label, syncKey, onCursor }: LineChartProps) {
  const colors = useChartColors();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const live = useRef<Live>({ spec, colors, onCursor: onCursor ?? (() => {}) });
  live.current = { spec, colors, onCursor: onCursor ?? (() => {}) };
  const structure = structureOf(spec);
  const room = useRef(topRoom(spec));

  // biome-ignore lint/correctness/useExhaustiveDependencies: `structure` is what the plot's shape depends on; everything else it reads through `live`.
  useLayoutEffect(() => {
    const element = holder.current;
    if (!element) return;
    const made = new uPlot(plotOptions(live, element.clientWidth || 600, syncKey), plotData(live.current.spec), element);
    plot.current = made;
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0 && width !== made.width) made.setSize({ width, height: live.current.spec.height });
    });
    resized.observe(element);
    // Text on a canvas is drawn in whatever font is there at the time.
    const fontsArrived = () => made.redraw(false);
    document.fonts.addEventListener('loadingdone', fontsArrived);
    return () => {
      document.fonts.removeEventListener('loadingdone', fontsArrived);
      resized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [structure, syncKey]);

  useEffect(() => {
    if (!plot.current) return;
    const resized = plot.current.height !== spec.height || room.current !== topRoom(spec);
    if (resized) plot.current.setSize({ width: plot.current.width, height: spec.height });
    room.current = topRoom(spec);
    plot.current.setData(plotData(spec));
  }, [spec]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the draw callbacks read the colors through `live`.
  useEffect(() => {
    plot.current?.redraw(false);
  }, [colors]);

  return <div ref={holder} role="img" aria-label={label} className={classes.chart} style={{ height: spec.height }} />;
}
