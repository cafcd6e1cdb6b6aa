import type { Estimate } from '#shared/domain.ts';
import { formatNumber } from '../ui/format.ts';
import classes from './charts.module.css';
import { placeLabels } from './place-labels.ts';
import { Level, StaticChart } from './StaticChart.tsx';
import { roundTicks, tickWords, valueRange } from './ticks.ts';

export interface RewardKlPoint {
  name: string;
  /** Nats a response; 0 for what the others are measured against. */
  kl: number;
  reward: Estimate;
  /** The reference: an open circle. */
  reference: boolean;
}

interface RewardKlChartProps {
  points: RewardKlPoint[];
  /** CSS pixels. */
  width: number;
  height?: number;
}

const left = 44;
const bottom = 24;
const labelRoom = 96;

/** What each checkpoint won in reward, over how far it went from the first for it; whiskers are 95% of the mean reward. */
export function RewardKlChart({ points, width, height = 200 }: RewardKlChartProps) {
  const furthest = Math.max(1, ...points.map((point) => point.kl)) * 1.05;
  const [low, high] = valueRange(
    Math.min(...points.map((point) => point.reward.low)),
    Math.max(...points.map((point) => point.reward.high)),
    [],
  );
  const across = (kl: number) => left + (kl / furthest) * (width - left - labelRoom);
  const down = (reward: number) => 8 + ((high - reward) / (high - low)) * (height - bottom - 8);
  const klTicks = roundTicks(0, furthest, 5);
  const rewardTicks = roundTicks(low, high, Math.floor(height / 44));
  const rewardWords = tickWords(rewardTicks, true);
  const klWords = tickWords(klTicks, false);
  const heights = placeLabels(
    points.map((point) => ({ y: down(point.reward.value), left: across(point.kl) + 8, right: across(point.kl) + labelRoom })),
    14,
    8,
    height - bottom,
  );
  const words = points.map((point) => `${point.name}: reward ${formatNumber(point.reward.value, 'signed')} at KL ${point.kl.toFixed(1)}`);
  return (
    <StaticChart width={width} height={height} label={`Reward against KL. ${words.join('; ')}.`}>
      {rewardTicks.map((tick, index) => (
        <Level key={tick} y={down(tick)} from={left} to={width - labelRoom}>
          {rewardWords[index]}
        </Level>
      ))}
      {klTicks.map((tick, index) => (
        <g key={tick}>
          <line className={classes.gridLine} x1={across(tick)} x2={across(tick)} y1={8} y2={height - bottom} />
          <text x={across(tick)} y={height - 4} textAnchor="middle">
            {klWords[index]}
          </text>
        </g>
      ))}
      {points.map((point, index) => (
        <g key={point.name}>
          <line
            className={classes.whisker}
            x1={across(point.kl)}
            x2={across(point.kl)}
            y1={down(point.reward.low)}
            y2={down(point.reward.high)}
          />
          <circle className={point.reference ? classes.openDot : classes.dot} cx={across(point.kl)} cy={down(point.reward.value)} r={5} />
          <text className={point.reference ? classes.pointName : classes.pointNameStrong} x={across(point.kl) + 12} y={heights[index]! + 4}>
            {point.name}
          </text>
        </g>
      ))}
    </StaticChart>
  );
}
