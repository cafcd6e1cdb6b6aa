import { Button, FileButton, Group, SegmentedControl, TextInput } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { columnsOf, type TableName } from './columns.tsx';
import { DataTable } from './DataTable.tsx';
import { detailOf } from './details.tsx';
import { useUpload } from './use-upload.ts';

const names: Record<TableName, string> = { prompts: 'Prompts', comparisons: 'Comparisons', judgments: 'Judgments', imports: 'Imports' };
const empty: Record<TableName, { title: string; words: string }> = {
  prompts: { title: 'No prompts yet', words: 'Import a file of prompts, of pairs, or of preferences.' },
  comparisons: {
    title: 'No comparisons yet',
    words: 'A comparison is one prompt with two responses. Import pairs, or let checkpoints answer on Compare.',
  },
  judgments: { title: 'No judgments yet', words: 'Label the first pair, or import a file of preferences.' },
  imports: { title: 'Nothing imported yet', words: 'Every file that came in is listed here, with what was rejected and why.' },
};

/** What the project holds, as four tables that can be searched, and the way in and out. */
export function TablesPage() {
  const navigate = useNavigate();
  const table = (useParams().table ?? 'prompts') as TableName;
  const [parameters, setParameters] = useSearchParams();
  // The page's own state leads and the URL follows: the router renders later than the next key is typed, and a field that waited for it would lose that.
  const [search, setSearch] = useState(() => parameters.get('q') ?? '');
  const [asked] = useDebouncedValue(search, 150);
  const field = useRef<HTMLInputElement>(null);
  useCommands({ 'list.filter': () => field.current?.focus() });
  const upload = useUpload();
  const searchFor = (words: string) => {
    setSearch(words);
    setParameters(words === '' ? {} : { q: words }, { replace: true });
  };

  const query = useInfiniteQuery({
    queryKey: ['data', 'list', table, asked],
    queryFn: ({ pageParam }) => client.data.list.query({ table, search: asked, after: pageParam, limit: 100 }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: table in names,
  });
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const total = query.data?.pages[0]?.total ?? null;
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);

  if (!(table in names)) {
    return (
      <Page name="Nothing here">
        <EmptyState title="Nothing is at this address" actions={<TextLink to="/data">All data</TextLink>}>
          Data has no such table.
        </EmptyState>
      </Page>
    );
  }
  const matching = asked === '' ? '' : ` with “${asked}”`;
  const title = total === null ? `${names[table]}${matching}` : `${counted(total, names[table].toLowerCase().slice(0, -1))}${matching}`;
  return (
    <Page name={names[table]}>
      <Dropzone.FullScreen active onDrop={(files) => files[0] && upload.send(files[0])} multiple={false}>
        Drop a file of prompts, pairs or preferences: JSON lines, CSV or TSV
      </Dropzone.FullScreen>
      <PageTitle
        title={title}
        actions={
          <>
            <Button component={Link} to="/data/export" variant="default" h={36}>
              Export preferences
            </Button>
            <FileButton onChange={(file) => file && upload.send(file)} accept=".jsonl,.json,.ndjson,.csv,.tsv,.txt">
              {(props) => (
                <Button {...props} h={36} loading={upload.sending}>
                  Import a file
                </Button>
              )}
            </FileButton>
          </>
        }
      >
        Drop a file anywhere here to import it. Space opens a row in full.
      </PageTitle>
      {upload.error !== null && <ErrorState error={upload.error} title="The file was not taken" />}
      <Group justify="space-between" mb="sm">
        <SegmentedControl
          aria-label="Table"
          value={table}
          onChange={(next) => {
            setSearch('');
            navigate(`/data/${next}`);
          }}
          data={Object.entries(names).map(([value, label]) => ({ value, label }))}
        />
        {table !== 'imports' && (
          <TextInput
            ref={field}
            aria-label={`Search ${names[table].toLowerCase()}`}
            placeholder="Search the words of prompts and responses ( / )"
            w={340}
            value={search}
            onChange={(event) => searchFor(event.currentTarget.value)}
          />
        )}
      </Group>
      {query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Loading rows={10} />
      ) : rows.length === 0 ? (
        <EmptyState title={asked === '' ? empty[table].title : `Nothing has “${asked}” in it`}>
          {asked === '' ? empty[table].words : 'Every word must occur; the last one may be unfinished.'}
        </EmptyState>
      ) : (
        <DataTable
          key={table}
          label={names[table]}
          columns={columnsOf[table]}
          rows={rows}
          keyOf={(row) => row.id}
          detail={detailOf[table]}
          onEnd={more}
        />
      )}
    </Page>
  );
}
