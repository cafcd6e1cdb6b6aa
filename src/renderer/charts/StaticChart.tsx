import type { ReactNode } from 'react';
import classes from './charts.module.css';

interface StaticChartProps {
  /** CSS pixels. */
  width: number;
  height: number;
  /** What the chart shows, in words, for those who do not see it. */
  label: string;
  children: ReactNode;
}

/** The frame of a chart that is drawn once, in CSS pixels. */
export function StaticChart({ width, height, label, children }: StaticChartProps) {
  return (
    <svg className={classes.static} viewBox={`0 0 ${width} ${height}`} height={height} role="img" aria-label={label}>
      {children}
    </svg>
  );
}

interface LevelProps {
  /** Where it lies, and from where to where it goes. */
  y: number;
  from: number;
  to: number;
  children: ReactNode;
}

/** A hairline across a chart, with its value to the left of it. */
export function Level({ y, from, to, children }: LevelProps) {
  return (
    <g>
      <line className={classes.gridLine} x1={from} x2={to} y1={y} y2={y} />
      <text x={from - 8} y={y + 4} textAnchor="end">
        {children}
      </text>
    </g>
  );
}
