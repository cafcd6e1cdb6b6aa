import { type ReactNode, useState } from 'react';
import type { ChartSpec } from './chart-spec.ts';
import classes from './charts.module.css';
import { LineChart } from './LineChart.tsx';
import { tickWords } from './ticks.ts';

interface FigureProps {
  /** The chart's one message. */
  title: ReactNode;
  /** Unit, sample and smoothing, in one line; gives way to the values under the cursor while it is on the chart. */
  note: ReactNode;
  spec: ChartSpec;
  /** What the chart shows, in words, for those who do not see it. */
  label: string;
  syncKey?: string;
  /** What runs along the x axis, for the reading under the cursor. Default: step. */
  across?: string;
}

/** A line chart with its title, its note, and a reading of its values under the cursor. */
export function Figure({ title, note, spec, label, syncKey, across = 'step' }: FigureProps) {
  const [index, setIndex] = useState<number | null>(null);
  const at = index === null ? undefined : spec.x[index];
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        {at === undefined ? (
          <span className={classes.note}>{note}</span>
        ) : (
          <span className={`${classes.note} ${classes.reading}`}>
            {across} {tickWords([at], false)[0]}
            {spec.series.map((series) => {
              const value = series.values[index!];
              if (series.name === undefined || typeof value !== 'number') return null;
              return (
                <span key={series.key}>
                  {' · '}
                  {series.name} {series.format ? series.format(value) : value.toPrecision(3)}
                </span>
              );
            })}
          </span>
        )}
      </figcaption>
      <LineChart spec={spec} label={label} onCursor={setIndex} {...(syncKey === undefined ? {} : { syncKey })} />
    </figure>
  );
}
