import { Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { RunDetail } from '#shared/api/runs.ts';
import type { Estimate } from '#shared/domain.ts';
import type { RewardReport } from '#shared/jobs.ts';
import { fewObservations, proportion } from '#shared/statistics.ts';
import { queries } from '../app/queries.ts';
import { ConfidenceChart } from '../charts/ConfidenceChart.tsx';
import { LearningCurveChart } from '../charts/LearningCurveChart.tsx';
import { RewardHistogram } from '../charts/RewardHistogram.tsx';
import { count, formatEstimate, formatNumber } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import { metricValue } from './metric-words.ts';
import { forecastSentence, lengthSentence, membersSentence, orderedWords } from './reward-words.ts';
import classes from './side.module.css';
import runClasses from './train.module.css';
import { isActive } from './use-run.ts';
import { judgesWords } from './words.ts';

/** How good a reward model is on prompts it never saw: the one number, then whether its confidence holds, then its rewards. */
export function RewardReportPanel({ run, newest }: { run: RunDetail; newest: number | null }) {
  const { ref, width } = useElementSize();
  const byPeople = run.data.judgmentsBy.includes('person');
  const { data: ceiling = null } = useQuery({ ...queries.ceiling(), enabled: byPeople && run.report !== null });
  return (
    <section aria-label="On held-out prompts" ref={ref}>
      <h2 className={classes.sideTitle}>On held-out prompts</h2>
      {run.report ? (
        <Report report={run.report} width={Math.max(240, width)} judges={judgesWords(run.data.judgmentsBy)} ceiling={ceiling} />
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

interface ReportProps {
  report: RewardReport;
  width: number;
  judges: string;
  /** How often two people agree on a pair, ties left out; null where that is not known, or where it was not people who judged. */
  ceiling: Estimate | null;
}

function Report({ report, width, judges, ceiling }: ReportProps) {
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
            {ceiling &&
              ceiling.n >= fewObservations &&
              ` Two people agree on ${formatEstimate(ceiling, 'percent')}: more than that cannot be asked of it.`}
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
      {report.learningCurve && (
        <>
          <h3 className={classes.sideSection}>
            What more judgments would buy <span>by judged pairs, of the fitted head before fine-tuning; open: forecast; bars: 95%</span>
          </h3>
          <LearningCurveChart curve={report.learningCurve} ceiling={ceiling?.value ?? null} width={width} height={168} />
          <Text size="md" maw="58ch" mt={8}>
            {forecastSentence(report.learningCurve)}
          </Text>
        </>
      )}
      {report.lengthControl && (
        <>
          <h3 className={classes.sideSection}>
            Is it length? <span>pairs ordered {judged}</span>
          </h3>
          <dl className={runClasses.facts} data-tight>
            <Fact name="About equally long" value={orderedWords(report.lengthControl.nearEqual)} />
            <Fact name="Length taken out" value={orderedWords(report.lengthControl.withoutLength)} />
          </dl>
          <Text size="md" maw="58ch" mt={8}>
            {lengthSentence(report.lengthControl)}
          </Text>
        </>
      )}
      {report.ensemble && (
        <>
          <h3 className={classes.sideSection}>
            Do its members agree? <span>heads on draws of the judgments of their own</span>
          </h3>
          <Text size="md" maw="58ch">
            {membersSentence(report.ensemble)}
          </Text>
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
        {report.ensemble && <Fact name="Disagreement" value={`${metricValue(report.ensemble.disagreement)}; rewards of SFT spread by 1`} />}
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
