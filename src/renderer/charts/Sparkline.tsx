import classes from './charts.module.css';
import { type Column, thin } from './smooth.ts';

interface SparklineProps {
  x: number[];
  y: Column;
  /** Ends of the x axis. */
  from: number;
  to: number;
  /** Steps with a sign of failure that this metric shows. */
  marks?: number[];
}

const width = 84;
const height = 24;

/** A metric's course at a glance: 84 × 24, no axes; its number and name stand beside it, so it is hidden from screen readers. */
export function Sparkline({ x, y, from, to, marks = [] }: SparklineProps) {
  const points = thin(x, y, width);
  const values = points.map((point) => point[1]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const across = (step: number) => (to > from ? ((step - from) / (to - from)) * width : 0);
  // A flat line stands in the middle; rounding does not make it a curve.
  const flat = high - low <= 1e-9 * Math.max(Math.abs(high), Math.abs(low));
  const down = (value: number) => (!flat ? height - 3 - ((value - low) / (high - low)) * (height - 6) : height / 2);
  const path = points.map(([step, value], index) => `${index ? 'L' : 'M'}${across(step).toFixed(1)} ${down(value).toFixed(1)}`).join('');
  return (
    <svg className={classes.spark} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path className={classes.sparkBase} d={`M0 ${height - 0.5}H${width}`} />
      {marks.map((step) => (
        <path key={step} className={classes.sparkMark} d={`M${across(step).toFixed(1)} 0V${height - 1}`} />
      ))}
      <path d={path} />
    </svg>
  );
}
