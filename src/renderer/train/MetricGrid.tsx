import { Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { memo } from 'react';
import type { RunSign } from '#shared/api/runs.ts';
import type { Method } from '#shared/domain.ts';
import { type MetricName, metricMeaning } from '#shared/metrics.ts';
import { Sparkline } from '../charts/Sparkline.tsx';
import { smoothingWindow } from '../charts/smooth.ts';
import { FoldRow } from '../ui/FoldRow.tsx';
import { metricRows, metricValue } from './metric-words.ts';
import type { RunSeries } from './run-series.ts';
import classes from './train.module.css';

/** Which metrics show a sign of failure, so that their sparks carry its mark. */
const shows: Record<string, MetricName[]> = {
  length_bias: ['response/length_mean', 'response/length_reward_correlation', 'response/terminated_fraction'],
  entropy_collapse: ['objective/entropy'],
  path_mismatch: ['policy/ratio', 'policy/approx_kl'],
  sampling_mismatch: ['policy/sampling_gap'],
  negative_kl: ['objective/kl_k1'],
  reward_hacking: ['reward/disagreement'],
  no_signal: ['grpo/zero_std_fraction', 'reward/std'],
  likelihood_displacement: ['dpo/chosen_reward'],
};

interface MetricGridProps {
  method: Method;
  totalSteps: number;
  signs: RunSign[];
  series: RunSeries;
  /** Changes when `series` grew; a few times a second is enough for numbers that are read. */
  version: number;
}

/** Every metric beside the charts: its course, its newest value, its name and what it means. The telling ones stand open, the others folded. */
export const MetricGrid = memo(function MetricGrid({ method, totalSteps, signs, series }: MetricGridProps) {
  const roomy = useMediaQuery('(min-width: 1680px), (min-height: 1100px)');
  const names = metricRows(method, series.names());
  if (names.length === 0) return null;
  const shown = roomy ? 10 : 6;
  const rest = names.slice(shown);
  const cells = { totalSteps, signs, series };
  return (
    <>
      <Cells names={names.slice(0, shown)} {...cells} />
      {rest.length > 0 && (
        <FoldRow title={`${rest.length} more metrics`} summary={rest.join(' · ')}>
          <Cells names={rest} {...cells} />
        </FoldRow>
      )}
    </>
  );
});

type CellsProps = Pick<MetricGridProps, 'totalSteps' | 'signs' | 'series'>;

function Cells({ names, ...props }: CellsProps & { names: MetricName[] }) {
  return (
    <div className={classes.metrics}>
      {names.map((name) => (
        <Cell key={name} name={name} {...props} />
      ))}
    </div>
  );
}

function Cell({ name, series, totalSteps, signs }: CellsProps & { name: MetricName }) {
  const value = series.latest(name);
  const slash = name.indexOf('/');
  const marks = signs.filter((sign) => shows[sign.sign]?.includes(name)).map((sign) => sign.step);
  return (
    <div className={classes.metric}>
      <Sparkline
        x={series.steps}
        y={series.smoothed(name, smoothingWindow(totalSteps))}
        from={0}
        to={Math.max(totalSteps, series.lastStep, 1)}
        marks={marks}
      />
      <Text span className={classes.metricValue}>
        {value === null ? '–' : metricValue(value)}
      </Text>
      <span className={classes.metricWords}>
        <span className={classes.metricName}>
          {name.slice(0, slash + 1)}
          <wbr />
          {name.slice(slash + 1)}
        </span>
        <span className={classes.metricMeaning}>{metricMeaning(name)}</span>
      </span>
    </div>
  );
}
