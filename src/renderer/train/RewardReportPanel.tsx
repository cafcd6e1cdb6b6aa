import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { RunDetail } from '#shared/api/runs.ts';
import type { RewardReport } from '#shared/jobs.ts';
import { fewObservations, proportion } from '#shared/statistics.ts';
import { ConfidenceChart } from '../charts/ConfidenceChart.tsx';
import { RewardHistogram } from '../charts/RewardHistogram.tsx';
import { count, formatNumber } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import { metricValue } from './metric-words.ts';
import classes from './side.module.css';
import runClasses from './train.module.css';
import { isActive } from './use-run.ts';
import { judgesWords } from './words.ts';

/** How good a reward model is on prompts it never saw: the one number, then whether its confidence holds, then its rewards. */
export function RewardReportPanel({ run, newest }: { run: RunDetail; newest: number | null }) {
  const { ref, width } = useElementSize();
  return (
    <section aria-label="On held-out prompts" ref={ref}>
      <h2 className={classes.sideTitle}>On held-out prompts</h2>
      {run.report ? (
        <Report report={run.report} width={Math.max(240, width)} judges={judgesWords(run.data.judgmentsBy)} />
      ) : (
        <>
          {newest !== null && (
            <p className={classes.bigNumber}>
              {formatNumber(newest, 'percent')} <span className={classes.bigUnit}>so far, on {count(run.data.heldOut)} pairs</span>
            </p>
          )}
          <Text size="md" c="dimmed" maw="58ch" mt={8}>
            {isActive(run.state)
              ? 'The report comes at the end: accuracy with its interval, whether its confidence holds, and the rewards of chosen and rejected responses.'
              : 'It ended before its report was written. Resume it to get one.'}
          </Text>
        </>
      )}
    </section>
  );
}

function Report({ report, width, judges }: { report: RewardReport; width: number; judges: string }) {
  const judged = `as ${judges} did`;
  const accuracy = report.untied >= fewObservations ? proportion(report.correct, report.untied) : null;
  const hasRewards = report.chosenRewards.length > 0;
  return (
    <>
      {accuracy ? (
        <>
          <p className={classes.bigNumber}>
            <Num value={accuracy} kind="percent" />
          </p>
          <Interval estimate={accuracy} domain={[0.4, 1]} reference={{ value: 0.5, name: 'a coin, 50%' }} named />
          <Text size="md" maw="58ch" mt={28}>
            of {count(report.untied)} pairs ordered {judged}. Brackets: 95%.
          </Text>
        </>
      ) : (
        <>
          <p className={classes.bigNumber}>
            {count(report.correct)} of {count(report.untied)}
          </p>
          <Text size="md" maw="58ch">
            pairs ordered {judged}. Too few for a percentage; {count(fewObservations - report.untied)} more and it gets one, with an
            interval.
          </Text>
        </>
      )}
      {hasRewards && (
        <>
          <h3 className={classes.sideSection}>
            Stated confidence, and how often it held <span>points on the line: it knows what it does not know</span>
          </h3>
          <ConfidenceChart chosen={report.chosenRewards} rejected={report.rejectedRewards} gain={report.gain} width={width} height={168} />
          <h3 className={classes.sideSection}>
            Rewards of chosen and rejected responses <span>{count(report.chosenRewards.length)} held-out pairs</span>
          </h3>
          <RewardHistogram chosen={report.chosenRewards} rejected={report.rejectedRewards} width={width} height={168} />
        </>
      )}
      <dl className={runClasses.facts}>
        <Fact name="Training pairs" value={count(report.pairs)} />
        <Fact name="Accuracy on them" value={report.trainAccuracy === null ? null : formatNumber(report.trainAccuracy, 'percent')} />
        <Fact name="Ties counted half" value={report.accuracyTiesHalf === null ? null : formatNumber(report.accuracyTiesHalf, 'percent')} />
        <Fact name="Log-loss" value={report.logLoss === null ? null : `${metricValue(report.logLoss)}, a coin has 0.69`} />
        <Fact name="Calibration error" value={report.calibrationError === null ? null : metricValue(report.calibrationError)} />
        <Fact
          name="Reward and length"
          value={report.lengthCorrelation === null ? null : `correlation ${formatNumber(report.lengthCorrelation, 'signed')}`}
        />
        {report.droppedTooLong > 0 && <Fact name="Left out" value={`${count(report.droppedTooLong)} pairs longer than the context`} />}
      </dl>
    </>
  );
}

function Fact({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}
