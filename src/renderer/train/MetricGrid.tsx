import { Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { RunDetail, RunSign } from '#shared/api/runs.ts';
import { type MetricName, metricMeanings } from '#shared/metrics.ts';
import { Sparkline } from '../charts/Sparkline.tsx';
import { smoothingWindow, trailingMean } from '../charts/smooth.ts';
import { FoldRow } from './FoldRow.tsx';
import { metricRows, metricValue } from './metric-words.ts';
import type { RunSeries } from './run-series.ts';
import classes from './train.module.css';

/** Which metrics show a sign of failure, so that their sparks carry its mark. */
const shows: Record<string, MetricName[]> = {
  length_bias: ['response/length_mean', 'response/length_reward_correlation', 'response/terminated_fraction'],
  entropy_collapse: ['objective/entropy'],
  path_mismatch: ['policy/ratio', 'policy/approx_kl'],
};

interface MetricGridProps {
  run: RunDetail;
  series: RunSeries;
}

/** Every metric beside the charts: its course, its newest value, its name and what it means. The telling ones stand open, the others folded. */
export function MetricGrid({ run, series }: MetricGridProps) {
  const roomy = useMediaQuery('(min-width: 1680px), (min-height: 1100px)');
  const names = metricRows(run.method, series.names());
  if (names.length === 0) return null;
  const shown = roomy ? 10 : 6;
  const rest = names.slice(shown);
  return (
    <>
      <Cells names={names.slice(0, shown)} run={run} series={series} />
      {rest.length > 0 && (
        <FoldRow title={`${rest.length} more metrics`} summary={rest.join(' · ')}>
          <Cells names={rest} run={run} series={series} />
        </FoldRow>
      )}
    </>
  );
}

function Cells({ names, run, series }: MetricGridProps & { names: MetricName[] }) {
  return (
    <div className={classes.metrics}>
      {names.map((name) => (
        <Cell key={name} name={name} series={series} totalSteps={run.totalSteps} signs={run.signs} />
      ))}
    </div>
  );
}

function Cell({ name, series, totalSteps, signs }: { name: MetricName; series: RunSeries; totalSteps: number; signs: RunSign[] }) {
  const value = series.latest(name);
  const slash = name.indexOf('/');
  const marks = signs.filter((sign) => shows[sign.sign]?.includes(name)).map((sign) => sign.step);
  return (
    <div className={classes.metric}>
      <Sparkline
        x={series.steps}
        y={trailingMean(series.column(name), smoothingWindow(totalSteps))}
        from={0}
        to={Math.max(totalSteps, series.lastStep, 1)}
        marks={marks}
      />
      <Text span className={classes.metricValue}>
        {value === null ? '–' : metricValue(value)}
      </Text>
      <span className={classes.metricWords}>
        <span className={classes.metricName} title={name}>
          <span className={classes.metricGroup}>{name.slice(0, slash + 1)}</span>
          {name.slice(slash + 1)}
        </span>
        <span className={classes.metricMeaning} title={metricMeanings[name]}>
          {metricMeanings[name]}
        </span>
      </span>
    </div>
  );
}
