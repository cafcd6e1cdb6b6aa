import { Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ComparisonReport } from '#shared/api/compare.ts';
import type { RunSummary } from '#shared/api/runs.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { TextLink } from '../ui/TextLink.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';

interface Event {
  at: number;
  name: string;
  to: string;
  words: string;
}

const states: Record<RunSummary['state'], string> = {
  queued: 'waits for its turn',
  running: 'is training',
  stopping: 'is stopping',
  stopped: 'was stopped',
  interrupted: 'was interrupted; it can be resumed',
  failed: 'failed',
  done: 'finished',
};

const ofRun = (run: RunSummary): Event => ({
  at: run.endedAt ?? run.startedAt,
  name: run.name,
  to: `/train/${run.id}`,
  words: `${states[run.state]}, step ${count(run.step)} of ${count(run.totalSteps)}${run.simulated ? ', on simulated judgments' : ''}`,
});

const ofReport = (report: ComparisonReport): Event => ({
  at: report.createdAt,
  name: report.name,
  to: `/compare/${report.id}`,
  words:
    report.state === 'done'
      ? `answered ${count(report.prompts)} prompts, ${count(report.votes)} blind votes`
      : `has ${count(report.progress.done)} of ${count(report.progress.total)} answers`,
});

/** What happened last, newest first. */
export function Lately() {
  const { data: runs = [] } = useQuery(queries.runs());
  const { data: reports = [] } = useQuery(queries.reports());
  const events = [...runs.map(ofRun), ...reports.map(ofReport)].sort((one, other) => other.at - one.at).slice(0, 8);
  if (events.length === 0) return null;
  return (
    <section style={{ maxWidth: 720 }}>
      <Title order={2} mb={4}>
        Lately
      </Title>
      <Table>
        <Table.Tbody>
          {events.map((event) => (
            <Table.Tr key={event.to}>
              <Table.Td w={110} pl={0}>
                <Text span inherit c="dimmed">
                  <TimeAgo at={event.at} />
                </Text>
              </Table.Td>
              <Table.Td>
                <TextLink to={event.to}>{event.name}</TextLink> {event.words}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
