import { headlines } from '#backend/runs/methods.ts';
import type { App } from '#shared/api/app.ts';
import type { RunDetail } from '#shared/api/runs.ts';
import { PlainError } from '#shared/errors.ts';
import type { RewardReport } from '#shared/jobs.ts';
import { type MetricName, type Metrics, metricMeaning } from '#shared/metrics.ts';
import { fewObservations, proportion } from '#shared/statistics.ts';
import { type CommandOutput, Stopped } from './command.ts';
import { duration } from './progress.ts';

/**
 * Shows a run's progress until it ends, and stops it when the person presses Ctrl-C.
 * @throws {Stopped} when it was stopped; {PlainError} when it failed or its engine died
 */
export async function follow(app: App, run: string, progress: (line: string) => void, signal: AbortSignal): Promise<RunDetail> {
  const { name, method } = app.runs.get(run);
  const { path } = app.project.summary(app.ownerId());
  const newest: Metrics = {};
  const unlisten = app.runs.listen((event) => {
    if (event.run !== run) return;
    if (event.kind === 'metrics') Object.assign(newest, event.row.values);
    if (event.kind !== 'progress') return;
    const left = event.secondsLeft === null ? '' : ` · ${duration(event.secondsLeft)} left`;
    const metric = headlines[method].find((candidate) => newest[candidate] !== undefined);
    const soFar = metric ? ` · ${metric} ${newest[metric]?.toFixed(3)}` : '';
    progress(`${name} · step ${event.step} of ${event.totalSteps}${left}${soFar}`);
  });
  const stop = () => app.runs.stop(run);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const detail = await app.runs.finished(run);
    if (detail.state === 'stopped') {
      throw new Stopped(
        `Stopped ${detail.name} at step ${detail.step}. Go on with: plumbline run resume ${detail.name} --project ${JSON.stringify(path)}`,
      );
    }
    if (detail.state !== 'done') throw new PlainError('engine', detail.error ?? `${detail.name} ended as ${detail.state}.`);
    return detail;
  } finally {
    unlisten();
    signal.removeEventListener('abort', stop);
  }
}

/** The newest value of every metric of a run. */
export function lastMetrics(app: App, run: string): Metrics {
  const last: Metrics = {};
  for (const row of app.runs.metrics({ run, afterStep: -1 })) Object.assign(last, row.values);
  return last;
}

/** Held-out accuracy with its interval, or as a count when it rests on little; and what did not fit. */
function accuracyWords(report: RewardReport): string {
  const share = report.untied < fewObservations ? null : proportion(report.correct, report.untied);
  const percent = (value: number) => `${(100 * value).toFixed(0)}%`;
  const orders = share
    ? `Orders ${percent(share.value)} [${percent(share.low)}, ${percent(share.high)}] of ${share.n} held-out pairs as they were judged.`
    : `Orders ${report.correct} of ${report.untied} held-out pairs as they were judged; that is too few for a percentage.`;
  return report.droppedTooLong === 0
    ? orders
    : `${orders} ${report.droppedTooLong} pairs were left out: an answer alone is longer than the model's context.`;
}

/** What `train` and `run resume` print of a run that is done. */
export function finishedRun(app: App, run: RunDetail): CommandOutput {
  const metrics = lastMetrics(app, run.id);
  const seconds = run.endedAt === null ? 0 : (run.endedAt - run.startedAt) / 1000;
  const names = Object.keys(metrics) as MetricName[];
  const width = Math.max(0, ...names.map((name) => name.length));
  return {
    json: {
      run: run.id,
      name: run.name,
      checkpoint: run.result?.id ?? null,
      metrics,
      seconds,
      report: run.report,
      simulated: run.simulated,
      data: run.data,
    },
    text: [
      `${run.name} is done in ${duration(seconds)}${run.result ? `: checkpoint ${run.result.name} (${run.result.id})` : ''}.`,
      ...(run.report ? [accuracyWords(run.report)] : []),
      ...(run.simulated ? ['Some of its judgments are not by people (simulated or by a model).'] : []),
      ...names.map((name) => `  ${name.padEnd(width)}  ${(metrics[name] ?? 0).toPrecision(4).padStart(10)}  ${metricMeaning(name)}`),
    ].join('\n'),
  };
}
