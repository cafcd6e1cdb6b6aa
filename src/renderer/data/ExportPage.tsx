import { Box, Checkbox, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportFormat, ExportPreview } from '#shared/api/data.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { Choice } from './Choice.tsx';

/** Preferences out, by a policy that is seen before anything is written (spec/formats.md). */
export function ExportPage() {
  const [format, setFormat] = useState<ExportFormat>('trl');
  const [ties, setTies] = useState<'drop' | 'half' | 'error'>('drop');
  const [split, setSplit] = useState<'all' | 'train' | 'held_out'>('all');
  const [includeSimulated, setIncludeSimulated] = useState(false);
  const summary = useQuery(queries.summary());
  const simulated = summary.data?.counts.simulatedJudgments ?? 0;
  const policy = { format, ties, split, includeSimulated: includeSimulated && simulated > 0 };
  const preview = useQuery({ queryKey: ['data', 'export', policy], queryFn: () => client.data.previewExport.query(policy) });
  const rows = preview.data?.rows ?? 0;
  return (
    <Page name="Export">
      <PageTitle
        title={preview.data ? `${counted(rows, nouns[format])} would be written` : 'Export'}
        actions={
          <PrimaryButton onClick={() => download(policy)} disabled={rows === 0}>
            Save {counted(rows, 'row')}
          </PrimaryButton>
        }
      >
        {rows > 0 && preview.data && droppedWords(preview.data.dropped, format)}
      </PageTitle>
      <Group align="flex-start" gap={40} wrap="nowrap">
        <Stack gap="lg" w={400} style={{ flex: 'none' }}>
          <Choice label="Format" reason={reasons[format]}>
            <SegmentedControl
              value={format}
              onChange={(value) => setFormat(value as ExportFormat)}
              data={[
                { value: 'trl', label: 'TRL' },
                { value: 'trl_conversational', label: 'TRL, messages' },
                { value: 'prompts', label: 'Prompts' },
                { value: 'judgments', label: 'Judgments' },
              ]}
            />
          </Choice>
          {(format === 'trl' || format === 'trl_conversational') && (
            <Choice label="Ties" reason="The format has none. Half writes a tie once each way.">
              <SegmentedControl
                value={ties}
                onChange={(value) => setTies(value as typeof ties)}
                data={[
                  { value: 'drop', label: 'Drop' },
                  { value: 'half', label: 'Half' },
                  { value: 'error', label: 'Forbid' },
                ]}
              />
            </Choice>
          )}
          <Choice label="Prompts" reason="Held-out prompts never trained anything here.">
            <SegmentedControl
              value={split}
              onChange={(value) => setSplit(value as typeof split)}
              data={[
                { value: 'all', label: 'All' },
                { value: 'train', label: 'Train' },
                { value: 'held_out', label: 'Held out' },
              ]}
            />
          </Choice>
          {simulated > 0 && (
            <Checkbox
              label={`Also the ${counted(simulated, 'simulated judgment')}`}
              description={format === 'judgments' ? 'Each row says whose it is.' : 'The file does not say which rows they are.'}
              checked={includeSimulated}
              onChange={(event) => setIncludeSimulated(event.currentTarget.checked)}
            />
          )}
        </Stack>
        <div style={{ minWidth: 0, flex: 1 }}>
          <SectionTitle title="As it will be written">the first rows</SectionTitle>
          {preview.isError ? (
            <ErrorState error={preview.error} onRetry={() => void preview.refetch()} />
          ) : preview.data === undefined ? (
            <Loading rows={5} />
          ) : rows === 0 ? (
            <EmptyState title="Nothing to export yet">
              {format === 'prompts' ? 'Import a file of prompts.' : 'Label some pairs, or import a file of preferences.'}
            </EmptyState>
          ) : (
            preview.data.sample.map((line) => (
              // The clamp cuts at the text's own edge, so the space around it is another element's.
              <Box key={line} py={6} style={{ borderBottom: '1px solid var(--pl-line)' }}>
                <Text ff="monospace" size="xs" style={{ overflowWrap: 'anywhere' }} lineClamp={4}>
                  {line}
                </Text>
              </Box>
            ))
          )}
        </div>
      </Group>
    </Page>
  );
}

const nouns: Record<ExportFormat, string> = {
  trl: 'preference',
  trl_conversational: 'preference',
  prompts: 'prompt',
  judgments: 'judgment',
};
const forTrainers = 'What TRL, LLaMA-Factory and their like read: one object a line.';
const reasons: Record<ExportFormat, string> = {
  trl: forTrainers,
  trl_conversational: forTrainers,
  prompts: forTrainers,
  judgments: 'Each with who, when, how long, the sides as shown, strength, ratings, reasons, flags.',
};

/** What of the project a policy leaves out. */
export function droppedWords({ ties, bothBad, disagreement }: ExportPreview['dropped'], format: ExportFormat): string {
  const parts = [
    ties > 0 && counted(ties, 'tie'),
    bothBad > 0 && `${count(bothBad)} both bad`,
    disagreement > 0 &&
      `${count(disagreement)} ${format === 'judgments' ? 'on pairs that wait for a decision' : 'on which people disagree evenly'}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'Nothing is dropped.' : `Dropped: ${parts.join(' · ')}.`;
}

/** The backend writes the file as it is asked for, so it holds what the preview says. */
function download(policy: { format: string; ties: string; split: string; includeSimulated: boolean }): void {
  const name =
    policy.format === 'judgments' || policy.format === 'prompts' ? `${policy.format}.jsonl` : `preferences-${policy.format}.jsonl`;
  const link = document.createElement('a');
  link.href = `/files/exports/${name}?${new URLSearchParams({ ...policy, includeSimulated: String(policy.includeSimulated) })}`;
  link.download = name;
  link.click();
}
