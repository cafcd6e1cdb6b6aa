import classes from './charts.module.css';
import { binRewards } from './reward-bins.ts';
import { StaticChart } from './StaticChart.tsx';
import { roundTicks, tickWords } from './ticks.ts';

interface RewardHistogramProps {
  chosen: number[];
  rejected: number[];
  /** CSS pixels. */
  width: number;
  height?: number;
}

/** Rewards of held-out pairs: chosen responses above the line, rejected ones below it, so that the shift between the two is seen without color. */
export function RewardHistogram({ chosen, rejected, width, height = 184 }: RewardHistogramProps) {
  const bins = binRewards(chosen, rejected);
  const low = bins.edges[0]!;
  const high = bins.edges.at(-1)!;
  const tallest = Math.max(1, ...bins.chosen, ...bins.rejected);
  const middle = (height - 20) / 2;
  const across = (reward: number) => ((reward - low) / (high - low || 1)) * width;
  const tall = (count: number) => (count / tallest) * (middle - 14);
  const ticks = roundTicks(low, high, Math.max(3, Math.floor(width / 60)));
  const words = tickWords(ticks, true);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
  const bars = (counts: number[], up: boolean) =>
    counts.map((count, index) => (
      <rect
        key={bins.edges[index]}
        className={up ? classes.chosen : classes.rejected}
        x={across(bins.edges[index]!) + 0.5}
        width={Math.max(1, across(bins.edges[index + 1]!) - across(bins.edges[index]!) - 1)}
        y={up ? middle - tall(count) : middle}
        height={tall(count)}
      />
    ));
  return (
    <StaticChart
      width={width}
      height={height}
      label={`Rewards of ${chosen.length} held-out pairs: chosen responses average ${mean(chosen).toFixed(2)}, rejected ones ${mean(rejected).toFixed(2)}.`}
    >
      {ticks.map((tick, index) => (
        <g key={tick}>
          <line className={classes.gridLine} x1={across(tick)} x2={across(tick)} y1={0} y2={height - 20} />
          <text x={across(tick)} y={height - 4} textAnchor="middle">
            {words[index]}
          </text>
        </g>
      ))}
      {bars(bins.chosen, true)}
      {bars(bins.rejected, false)}
      <line className={classes.refLine} x1={0} x2={width} y1={middle} y2={middle} />
      <text className={classes.chosenWords} x={0} y={10}>
        chosen
      </text>
      <text className={classes.rejectedWords} x={0} y={height - 26}>
        rejected
      </text>
    </StaticChart>
  );
}
