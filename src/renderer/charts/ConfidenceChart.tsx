import { wilsonInterval } from '#shared/statistics.ts';
import classes from './charts.module.css';
import { confidenceBins } from './reward-bins.ts';
import { Level, StaticChart } from './StaticChart.tsx';

interface ConfidenceChartProps {
  chosen: number[];
  rejected: number[];
  gain: number;
  /** CSS pixels. */
  width: number;
  height?: number;
}

const left = 44;
const bottom = 24;
const shown = [0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** Stated confidence against how often it held, with 95% intervals, beside the line where the two are equal. */
export function ConfidenceChart({ chosen, rejected, gain, width, height = 184 }: ConfidenceChartProps) {
  const bins = confidenceBins(chosen, rejected, gain);
  const across = (probability: number) => left + (probability - 0.5) * 2 * (width - left - 8);
  const down = (share: number) => 8 + (1 - share) * (height - bottom - 8);
  const words = bins.map((bin) => `stated ${percent(bin.stated)}, held in ${bin.held} of ${bin.count}`);
  return (
    <StaticChart width={width} height={height} label={`Confidence: ${words.join('; ')}.`}>
      {[0, 0.5, 1].map((share) => (
        <Level key={share} y={down(share)} from={left} to={width - 8}>
          {percent(share)}
        </Level>
      ))}
      {shown.map((probability) => (
        <text key={probability} x={across(probability)} y={height - 4} textAnchor={probability === 1 ? 'end' : 'middle'}>
          {percent(probability)}
        </text>
      ))}
      <line className={classes.refLine} x1={across(0.5)} y1={down(0.5)} x2={across(1)} y2={down(1)} />
      {bins.map((bin) => {
        const interval = wilsonInterval(bin.held, bin.count);
        return (
          <g key={bin.stated}>
            <line
              className={classes.whisker}
              x1={across(bin.stated)}
              x2={across(bin.stated)}
              y1={down(interval.low)}
              y2={down(interval.high)}
            />
            <circle className={classes.dot} cx={across(bin.stated)} cy={down(bin.held / bin.count)} r={4} />
          </g>
        );
      })}
    </StaticChart>
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
