import { useMediaQuery } from '@mantine/hooks';
import { type ReactNode, useMemo } from 'react';
import type { RunDetail } from '#shared/api/runs.ts';
import type { MetricName } from '#shared/metrics.ts';
import { Figure } from '../charts/Figure.tsx';
import { smoothingWindow } from '../charts/smooth.ts';
import { formatNumber } from '../ui/format.ts';
import { MathSign } from '../ui/MathSign.tsx';
import { metricValue } from './metric-words.ts';
import {
  accuracyChart,
  type ChartFacts,
  klChart,
  lossChart,
  marginChart,
  objectiveChart,
  pairLogProbChart,
  shownKl,
} from './run-charts.ts';
import type { RunSeries } from './run-series.ts';

interface RunChartsProps {
  run: RunDetail;
  series: RunSeries;
  /** Changes whenever `series` grew. */
  version: number;
}

/** The charts of a run: what is maximized taken apart, then what it costs. All share one cursor. */
export function RunCharts(props: RunChartsProps) {
  switch (props.run.method) {
    case 'ppo':
    case 'grpo':
      return <PolicyCharts {...props} />;
    case 'dpo':
      return <PairCharts {...props} />;
    case 'reward':
      return <RewardCharts {...props} />;
    case 'sft':
      return <SftCharts {...props} />;
  }
}

function useFacts(run: RunDetail, small: number, large: number): ChartFacts {
  const roomy = useMediaQuery('(min-height: 1100px)') ?? false;
  const low = useMediaQuery('(max-height: 840px)') ?? false;
  const height = roomy ? large : low ? Math.round(small * 0.78) : small;
  return useMemo(() => ({ totalSteps: run.totalSteps, signs: run.signs, height }), [run.totalSteps, run.signs, height]);
}

function smoothing(totalSteps: number): string {
  const window = smoothingWindow(totalSteps);
  return window > 1 ? `, smoothed over ${window}` : '';
}

function PolicyCharts({ run, series, version }: RunChartsProps) {
  const objectiveFacts = useFacts(run, 300, 450);
  const klFacts = useFacts(run, 140, 150);
  const adaptive = run.config.adaptiveKl === true;
  const target = adaptive && typeof run.config.klTarget === 'number' ? run.config.klTarget : null;
  const paid = run.method === 'ppo' ? String(run.config.klEstimator) : run.config.klIn === 'reward' ? 'k1' : 'k3';
  const { metric, estimator } = shownKl(series, adaptive, paid);
  const beta = series.latest('kl/beta') ?? (typeof run.config.klCoefficient === 'number' ? run.config.klCoefficient : null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `series` grows in place; `version` says when.
  const [objective, kl] = useMemo(
    () => [objectiveChart(series, objectiveFacts), klChart(series, klFacts, target, metric)],
    [series, version, objectiveFacts, klFacts, target, metric],
  );
  const answers = run.config.episodes ?? Number(run.config.groups) * Number(run.config.groupSize);
  const episodes = Number.isFinite(answers) ? Number(answers) : null;
  const reward = series.latest('objective/reward');
  const nats = series.latest(metric);
  return (
    <>
      <Figure
        title={
          <>
            Objective = reward − <MathSign tex="\beta" />
            ·KL
          </>
        }
        note={`${episodes === null ? 'mean of a step' : `mean of ${episodes} answers a step`}${smoothing(run.totalSteps)}; gray: raw reward; shaded: the objective`}
        spec={objective}
        syncKey={run.id}
        label={
          reward === null
            ? 'Reward, β·KL and their difference by step. Nothing measured yet.'
            : `Reward, β·KL and their difference by step. Newest: reward ${formatNumber(reward, 'signed')}, objective ${formatNumber(series.latest('objective/rlhf_reward') ?? 0, 'signed')}.`
        }
      />
      <Figure
        title={adaptive ? 'KL against its target' : 'KL from SFT'}
        note={
          <>
            nats a response, sum over tokens {estimatorWords[estimator]}
            {estimator === paid ? '' : `; ${paid} is what is paid for`}; <MathSign tex="\beta" /> {adaptive ? 'adapts, now' : 'is'}{' '}
            {beta === null ? 'not known yet' : metricValue(beta)}
          </>
        }
        spec={kl}
        syncKey={run.id}
        label={`KL from SFT by step, nats a response. Newest: ${nats === null ? 'not measured yet' : metricValue(nats)}.`}
      />
    </>
  );
}

/** By which estimator KL is drawn. */
const estimatorWords: Record<string, ReactNode> = {
  k1: (
    <>
      of log <MathSign tex="\pi_\theta" /> − log <MathSign tex="\pi_{\text{SFT}}" />
    </>
  ),
  k2: 'of k2, half the square of the difference of logs',
  k3: 'of k3, which is never negative',
};

function RewardCharts({ run, series, version }: RunChartsProps) {
  const accuracyFacts = useFacts(run, 260, 380);
  const lossFacts = useFacts(run, 168, 220);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `series` grows in place; `version` says when.
  const [accuracy, loss] = useMemo(
    () => [accuracyChart(series, accuracyFacts), lossChart(series, lossFacts, { batch: 'rm/loss', heldOut: 'rm/held_out_loss' })],
    [series, version, accuracyFacts, lossFacts],
  );
  const batch = typeof run.config.batchSize === 'number' ? `, ${run.config.batchSize} pairs a step` : '';
  return (
    <>
      <Figure
        title="Pairs ordered as they were judged"
        note={`gray: pairs it trains on${batch}${smoothing(run.totalSteps)}; ink: pairs of held-out prompts`}
        spec={accuracy}
        syncKey={run.id}
        label={`Accuracy by step. Newest on held-out prompts: ${formatNumber(series.latest('rm/held_out_accuracy') ?? 0, 'percent')}.`}
      />
      <Figure
        title="Loss"
        note="Bradley–Terry; where the held-out line rises again, the model memorizes"
        spec={loss}
        syncKey={run.id}
        label={`Loss by step. Newest: ${metricValue(series.latest('rm/loss') ?? 0)}.`}
      />
    </>
  );
}

/** DPO: whether it learns, by how much, and what became of either answer's probability. */
function PairCharts({ run, series, version }: RunChartsProps) {
  const lossFacts = useFacts(run, 200, 300);
  const restFacts = useFacts(run, 150, 200);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `series` grows in place; `version` says when.
  const [loss, margin, logProbs] = useMemo(
    () => [
      lossChart(series, lossFacts, { batch: 'dpo/loss', heldOut: 'dpo/held_out_loss' }, true),
      marginChart(series, restFacts),
      pairLogProbChart(series, restFacts),
    ],
    [series, version, lossFacts, restFacts],
  );
  const newest = (name: MetricName) => metricValue(series.latest(name) ?? 0);
  return (
    <>
      <Figure
        title="Loss"
        note={`gray: pairs it trains on${smoothing(run.totalSteps)}; ink: pairs of held-out prompts`}
        spec={loss}
        syncKey={run.id}
        label={`Loss by step. Newest: ${newest('dpo/loss')}.`}
      />
      <Figure
        title="Margin"
        note="how much more a chosen answer gained over SFT than its rejected one, times β"
        spec={margin}
        syncKey={run.id}
        label={`Margin by step. Newest: ${newest('dpo/margin')}.`}
      />
      <Figure
        title="Log-probability of the answers"
        note="nats an answer; the chosen ones should not fall far"
        spec={logProbs}
        syncKey={run.id}
        label={`Log-probabilities by step. Newest: chosen ${newest('dpo/chosen_logp')}, rejected ${newest('dpo/rejected_logp')}.`}
      />
    </>
  );
}

function SftCharts({ run, series, version }: RunChartsProps) {
  const facts = useFacts(run, 320, 450);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `series` grows in place; `version` says when.
  const loss = useMemo(() => lossChart(series, facts, { batch: 'sft/loss', heldOut: 'sft/held_out_loss' }), [series, version, facts]);
  return (
    <Figure
      title="Loss of response tokens"
      note={`nats a token${smoothing(run.totalSteps)}; gray: answers it trains on; ink: answers to held-out prompts`}
      spec={loss}
      syncKey={run.id}
      label={`Loss by step. Newest: ${metricValue(series.latest('sft/loss') ?? 0)}.`}
    />
  );
}
