import type { LearningCurve } from '#shared/jobs.ts';
import classes from './charts.module.css';
import { Level, StaticChart } from './StaticChart.tsx';

interface LearningCurveChartProps {
  curve: LearningCurve;
  /** How often people agree with each other, if it is known: what no reward model can be asked to beat. */
  ceiling: number | null;
  /** CSS pixels. */
  width: number;
  height?: number;
}

const left = 44;
const right = 12;
const bottom = 24;

/** Held-out accuracy by the number of judged pairs, 95% intervals, and the forecast as an open dot on a dashed line. */
export function LearningCurveChart({ curve, ceiling, width, height = 168 }: LearningCurveChartProps) {
  const { points, forecast } = curve;
  const last = points.at(-1)!;
  const ahead = {
    pairs: last.pairs + forecast.morePairs,
    accuracy: last.accuracy + forecast.gain,
    low: last.accuracy + forecast.low,
    high: last.accuracy + forecast.high,
  };
  const all = [...points, ahead];
  const lowest = Math.min(0.5, Math.floor(10 * Math.min(...all.map(({ low }) => low))) / 10);
  const across = (pairs: number) => left + (pairs / ahead.pairs) * (width - left - right);
  const down = (share: number) => 8 + ((1 - share) / (1 - lowest)) * (height - bottom - 8);
  const ticks = [lowest, (lowest + 1) / 2, 1];
  const path = (from: readonly { pairs: number; accuracy: number }[]) =>
    from.map(({ pairs, accuracy }, i) => `${i === 0 ? 'M' : 'L'}${across(pairs)},${down(accuracy)}`).join('');
  const words = points.map(({ pairs, accuracy }) => `${pairs} pairs ${percent(accuracy)}`).join(', ');
  return (
    <StaticChart
      width={width}
      height={height}
      label={`Learning curve: ${words}; forecast for ${ahead.pairs} pairs ${percent(ahead.accuracy)}.`}
    >
      {ticks.map((share) => (
        <Level key={share} y={down(share)} from={left} to={width - right}>
          {percent(share)}
        </Level>
      ))}
      {all.map(({ pairs }, i) => (
        <text key={pairs} x={across(pairs)} y={height - 4} textAnchor={i === all.length - 1 ? 'end' : 'middle'}>
          {i === all.length - 1 ? `+${forecast.morePairs}` : pairs}
        </text>
      ))}
      {ceiling !== null && ceiling >= lowest && (
        <>
          <line className={classes.refLine} x1={left} x2={width - right} y1={down(ceiling)} y2={down(ceiling)} />
          <text x={left + 4} y={down(ceiling) - 4}>
            people with each other, {percent(ceiling)}
          </text>
        </>
      )}
      <path className={classes.curve} d={path(points)} />
      <path className={classes.curveAhead} d={path([last, ahead])} />
      {all.map(({ pairs, accuracy, low, high }, i) => (
        <g key={pairs}>
          <line className={classes.whisker} x1={across(pairs)} x2={across(pairs)} y1={down(low)} y2={down(Math.min(1, high))} />
          <circle className={i === all.length - 1 ? classes.openDot : classes.dot} cx={across(pairs)} cy={down(accuracy)} r={4} />
        </g>
      ))}
    </StaticChart>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
