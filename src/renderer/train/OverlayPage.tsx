import { Table } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useNavigate } from 'react-router';
import type { RunDetail } from '#shared/api/runs.ts';
import { isOnline, type Method } from '#shared/domain.ts';
import type { MetricName } from '#shared/metrics.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { Figure } from '../charts/Figure.tsx';
import { formatNumber } from '../ui/format.ts';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import rowClasses from '../ui/rows.module.css';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { Frontier } from './Frontier.tsx';
import { metricValue } from './metric-words.ts';
import { type OverlaidRun, overlayChart } from './overlay-chart.ts';
import { RunSeries } from './run-series.ts';
import { settingsOf, settingValue } from './setting-words.ts';
import classes from './train.module.css';
import { isActive } from './use-run.ts';
import { headlineColumn } from './words.ts';

interface Wanted {
  metric: MetricName;
  title: string;
  note: string;
  height: number;
  format: (value: number) => string;
  include?: number[];
  signed?: boolean;
  percent?: boolean;
}

const signed = (value: number) => formatNumber(value, 'signed');
const percent = (value: number) => formatNumber(value, 'percent');

/** What is maximized, taken apart. */
const ofObjective: Wanted[] = [
  {
    metric: 'objective/rlhf_reward',
    title: 'Objective',
    note: 'reward − β·KL, each run at its own β',
    height: 260,
    format: signed,
    include: [0],
    signed: true,
  },
  {
    metric: 'objective/reward',
    title: 'Reward',
    note: 'mean of a step; comparable only under one reward model',
    height: 200,
    format: signed,
    include: [0],
    signed: true,
  },
  { metric: 'objective/kl', title: 'KL from SFT', note: 'nats a response', height: 160, format: metricValue, include: [0] },
];

const wanted: Record<Method, Wanted[]> = {
  ppo: ofObjective,
  grpo: ofObjective,
  dpo: [
    {
      metric: 'dpo/held_out_accuracy',
      title: 'Held-out accuracy',
      note: 'pairs of held-out prompts whose chosen answer gained more',
      height: 240,
      format: percent,
      include: [0.5, 1],
      percent: true,
    },
    {
      metric: 'dpo/margin',
      title: 'Margin',
      note: 'in rewards, each run at its own β',
      height: 180,
      format: signed,
      include: [0],
      signed: true,
    },
    { metric: 'dpo/loss', title: 'Training loss', note: 'comparable only under one loss', height: 160, format: metricValue },
  ],
  reward: [
    {
      metric: 'rm/held_out_accuracy',
      title: 'Held-out accuracy',
      note: 'pairs of held-out prompts ordered as judged',
      height: 280,
      format: percent,
      include: [0.5, 1],
      percent: true,
    },
    { metric: 'rm/held_out_loss', title: 'Held-out loss', note: 'Bradley–Terry', height: 180, format: metricValue },
    { metric: 'rm/loss', title: 'Training loss', note: 'Bradley–Terry', height: 160, format: metricValue },
  ],
  sft: [
    { metric: 'sft/held_out_loss', title: 'Held-out loss', note: 'nats a token', height: 280, format: metricValue },
    { metric: 'sft/loss', title: 'Training loss', note: 'nats a token', height: 200, format: metricValue },
  ],
};

/** Several runs of one method in the same charts, and what they were told differently. */
export function OverlayPage({ ids }: { ids: string[] }) {
  const navigate = useNavigate();
  useCommands({ 'app.close': () => navigate('/train') });
  const details = useQueries({ queries: ids.map((id) => queries.run(id)) });
  const runs = details.flatMap((query) => query.data ?? []);
  const refetch = (id: string) => (runs.some((run) => run.id === id && isActive(run.state)) ? 2_000 : false);
  const rows = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['runs', 'all-metrics', id],
      queryFn: () => client.runs.metrics.query({ run: id, afterStep: -1 }),
      structuralSharing: false as const,
      refetchInterval: refetch(id),
    })),
  });
  const error = details.find((query) => query.error)?.error ?? rows.find((query) => query.error)?.error;
  const newest = rows.map((query) => query.dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `newest` says when any of `rows` changed.
  const overlaid = useMemo(
    () =>
      ids.flatMap((id, index): OverlaidRun[] => {
        const run = runs.find((other) => other.id === id);
        const data = rows[index]?.data;
        if (!run || !data) return [];
        const series = new RunSeries();
        series.add(data);
        return [{ id, name: run.name, totalSteps: run.totalSteps, series }];
      }),
    [ids.join(), newest, runs.map((run) => run.name).join()],
  );
  const method = runs[0]?.method;
  const charts = useMemo(() => {
    const list = method ? wanted[method].filter((one) => overlaid.some((run) => run.series.has(one.metric))) : [];
    return list.map((one, index) => ({
      ...one,
      spec: overlayChart(overlaid, one.metric, { ...one, hideXWords: index < list.length - 1 }),
    }));
  }, [overlaid, method]);

  if (error && overlaid.length === 0) {
    return (
      <Page name="Overlaid runs">
        <ErrorState error={error} title="These runs could not be read" actions={<TextLink to="/train">All runs</TextLink>} />
      </Page>
    );
  }
  if (overlaid.length === 0) {
    return (
      <Page name="Overlaid runs">
        <Loading rows={8} words="Reading the runs" />
      </Page>
    );
  }
  return (
    <Page name="Overlaid runs">
      <PageTitle title={overlaid.map((run) => run.name).join(', ')} actions={<TextLink to="/train">All runs</TextLink>}>
        {overlaid.length} runs over each other, smoothed; the cursor reads all charts at one step.
      </PageTitle>
      <div className={classes.columns}>
        <div className={classes.evidence}>
          {charts.map((chart) => (
            <Figure
              key={chart.metric}
              title={chart.title}
              note={chart.note}
              spec={chart.spec}
              syncKey="overlay"
              label={`${chart.title} by step of ${overlaid.map((run) => run.name).join(', ')}.`}
            />
          ))}
        </div>
        <div>
          <Frontier runs={runs} series={overlaid} />
          <Differences runs={runs} />
        </div>
      </div>
    </Page>
  );
}

/** Results, and the settings in which the runs differ. */
function Differences({ runs }: { runs: RunDetail[] }) {
  const method = runs[0]?.method;
  if (!method) return null;
  const result = headlineColumn(runs.map(({ headline }) => headline));
  const keys = settingsOf(method).filter((setting) => new Set(runs.map((run) => JSON.stringify(run.config[setting.key]))).size > 1);
  return (
    <section aria-label="What differs">
      <SectionTitle title="What differs">
        {keys.length === 0 ? 'only chance: all settings are the same' : 'settings that are not the same in all'}
      </SectionTitle>
      <Table className={rowClasses.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Td />
            {runs.map((run) => (
              <Table.Th key={run.id} ta="right">
                <Link to={`/train/${run.id}`} className={rowClasses.rowLink}>
                  {run.name}
                </Link>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          <Table.Tr>
            <Table.Td>{result.name}</Table.Td>
            {runs.map((run, index) => (
              <Table.Td key={run.id} ta="right" fw={500}>
                {result.cells[index] ?? '–'}
              </Table.Td>
            ))}
          </Table.Tr>
          <Table.Tr>
            <Table.Td>{isOnline(method) ? 'prompts' : 'training rows'}</Table.Td>
            {runs.map((run) => (
              <Table.Td key={run.id} ta="right">
                {run.data.train.toLocaleString('en-US')}
              </Table.Td>
            ))}
          </Table.Tr>
          {keys.map((setting) => (
            <Table.Tr key={setting.key}>
              <Table.Td>{setting.label}</Table.Td>
              {runs.map((run) => (
                <Table.Td key={run.id} ta="right">
                  {settingValue(run.config[setting.key])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
