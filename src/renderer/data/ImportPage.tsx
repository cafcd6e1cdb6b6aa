import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { FieldMap, ImportFormat, Inspection } from '#shared/api/data.ts';
import { letterAt } from '#shared/ranking-letters.ts';
import { client } from '../app/client.ts';
import { count, counted, formatBytes } from '../ui/format.ts';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { Choice } from './Choice.tsx';
import { ChoiceMark } from './ChoiceMark.tsx';
import type { Column } from './columns.tsx';
import { DataTable } from './DataTable.tsx';
import { ImportDone } from './ImportDone.tsx';
import { formatNames, MappingFields } from './MappingFields.tsx';
import { RejectedRows } from './RejectedRows.tsx';

type ShownRow = Inspection['rows'][number];
/** Two responses a row, or as many as the longest row has. */
function columnsFor(rows: readonly ShownRow[]): Column<ShownRow>[] {
  const most = Math.max(2, ...rows.map(({ responses }) => responses.length));
  return [
    { title: 'Line', width: 50, numeric: true, cell: (row) => count(row.line) },
    { title: 'Prompt', grow: 3, cell: (row) => row.prompt.map((message) => message.content).join('\n\n') },
    ...Array.from(
      { length: most },
      (_, place): Column<ShownRow> => ({ title: letterAt(place), grow: 3, cell: (row) => row.responses[place] ?? '' }),
    ),
    { title: most > 2 ? 'Order' : 'Choice', width: most > 2 ? 40 + 22 * most : 60, cell: (row) => <ChoiceMark choice={row.preference} /> },
  ];
}

/** One file on its way in: what it was recognized as, its rows as they will be read, and every row that will not be imported, with the reason. */
export function ImportPage() {
  const { file = '' } = useParams();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [format, setFormat] = useState<ImportFormat | null>(null);
  const [map, setMap] = useState<FieldMap>({});
  const [judgedBy, setJudgedBy] = useState<'person' | 'model'>('person');
  const [judgeName, setJudgeName] = useState('Imported');
  const [duplicates, setDuplicates] = useState<'skip' | 'keep'>('skip');
  const inspection = useQuery({
    queryKey: ['data', 'inspect', file, format, map],
    queryFn: () => client.data.inspect.mutate({ file, format, map }),
    placeholderData: (previous) => previous,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = inspection.data;
  const run = useMutation({
    mutationFn: (input: { format: ImportFormat; map: FieldMap }) =>
      client.data.import.mutate({ file, ...input, duplicates, judgedBy, judgeName: judgeName.trim() || 'Imported' }),
    // The file is gone once it is imported, so it is not to be read again.
    onSuccess: () => cache.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'inspect' }),
  });

  if (run.data) {
    const judged = found !== undefined && found.preferences.none < found.acceptedCount;
    return <ImportDone result={run.data} fileName={found?.fileName ?? ''} judgedBy={judged ? judgedBy : null} />;
  }
  if (inspection.isError && found === undefined) {
    return (
      <Page name="Import">
        <ErrorState
          error={inspection.error}
          title="This file cannot be imported"
          actions={<Button onClick={() => navigate('/data')}>Choose another file</Button>}
        />
      </Page>
    );
  }
  if (found === undefined) {
    return (
      <Page name="Import">
        <Loading rows={8} words="Reading the file" />
      </Page>
    );
  }
  const labeled = found.preferences.first + found.preferences.second + found.preferences.ties + found.preferences.ranked;
  const noun = found.format === 'prompts' || found.rows.every((row) => row.responses.length === 0) ? 'prompt' : 'comparison';
  return (
    <Page name={`Import ${found.fileName}`}>
      <PageTitle
        title={`Import ${found.fileName}`}
        actions={
          <>
            <Button variant="subtle" h={36} onClick={() => navigate('/data')}>
              Cancel
            </Button>
            <PrimaryButton
              onClick={() => found.format && run.mutate({ format: found.format, map: found.map })}
              disabled={found.format === null || found.acceptedCount === 0}
              loading={run.isPending}
            >
              Import {counted(found.acceptedCount, noun)}
            </PrimaryButton>
          </>
        }
      >
        {found.format === null
          ? `No known format fits its columns: ${found.columns.join(', ')}. Say what they hold.`
          : `${counted(found.rowCount, 'row')} of ${found.columns.join(', ')}. Read as ${formatNames[found.format]}, ${formatBytes(found.bytes)}.`}
      </PageTitle>
      {run.isError && (
        <ErrorState error={run.error} title="Nothing was imported">
          The project is as it was before.
        </ErrorState>
      )}
      <Group align="flex-start" gap={40} wrap="nowrap">
        <Stack gap="lg" w={372} style={{ flex: 'none' }}>
          <Choice label="Format" reason="Recognized by its columns; change it if that is wrong.">
            <Select
              aria-label="Format"
              value={found.format}
              onChange={(value) => setFormat(value as ImportFormat | null)}
              data={Object.entries(formatNames).map(([value, label]) => ({ value, label }))}
              allowDeselect={false}
            />
          </Choice>
          <MappingFields inspection={found} onChange={(next) => setMap(next)} />
          {labeled > 0 && (
            <Choice label="Who judged" reason="A model’s votes are kept apart: they never count as people’s, nor in a blind study.">
              <Group gap="sm" wrap="nowrap">
                <SegmentedControl
                  aria-label="Who judged"
                  value={judgedBy}
                  onChange={(value) => setJudgedBy(value as typeof judgedBy)}
                  data={[
                    { value: 'person', label: 'People' },
                    { value: 'model', label: 'A model' },
                  ]}
                />
                <TextInput
                  aria-label="Name of who judged"
                  value={judgeName}
                  onChange={(event) => setJudgeName(event.currentTarget.value)}
                />
              </Group>
            </Choice>
          )}
          <Choice
            label="Rows that are here already"
            reason="The same prompt with the same responses. A vote by another name is kept as theirs."
          >
            <SegmentedControl
              value={duplicates}
              onChange={(value) => setDuplicates(value as typeof duplicates)}
              data={[
                { value: 'skip', label: 'Skip' },
                { value: 'keep', label: 'Keep' },
              ]}
            />
          </Choice>
        </Stack>
        <div style={{ minWidth: 0, flex: 1 }}>
          <SectionTitle title="As it will be read">
            {found.rows.length > 0 &&
              `the first ${counted(found.rows.length, 'row')}${labeled > 0 ? preferenceWords(found.preferences) : ''}; Space opens one in full`}
          </SectionTitle>
          {found.rows.length === 0 ? (
            <Text size="md" c="dimmed">
              No row can be read this way.
            </Text>
          ) : (
            <DataTable
              label="Rows as they will be read"
              columns={columnsFor(found.rows)}
              rows={found.rows}
              keyOf={(row) => String(row.line)}
            />
          )}
          <RejectedRows rows={found.rejected} total={found.rejectedCount}>
            {found.acceptedCount > 0 ? 'everything else can' : 'and there is nothing else'}
          </RejectedRows>
        </div>
      </Group>
    </Page>
  );
}

function preferenceWords({ first, second, ties, ranked, none }: Inspection['preferences']): string {
  const parts = first + second > 0 || ranked === 0 ? [`${count(first)} for A`, `${count(second)} for B`] : [];
  if (ranked > 0) parts.push(counted(ranked, 'ranking'));
  if (ties > 0) parts.push(counted(ties, 'tie'));
  if (none > 0) parts.push(`${count(none)} without a choice`);
  return `; ${parts.join(', ')}`;
}
