import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Remark, Remarks } from '#shared/api/team.ts';
import type { Column } from '../data/columns.tsx';
import { DataTable } from '../data/DataTable.tsx';
import { counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { teamQueries } from './queries.ts';
import classes from './RemarksPage.module.css';
import { Removal } from './Removal.tsx';
import { TeamNav } from './TeamNav.tsx';

const dim = (text: React.ReactNode) => (
  <Text span inherit c="dimmed">
    {text}
  </Text>
);
const columns: Column<Remark>[] = [
  { title: 'When', width: 110, cell: (row) => dim(<TimeAgo at={row.at} />) },
  { title: 'Who', width: 170, cell: (row) => (row.kind === 'person' ? row.person : `${row.person} · ${row.kind}`) },
  { title: 'What', width: 80, cell: (row) => (row.skipped === null ? 'flagged' : 'skipped') },
  { title: 'Why', grow: 3, cell: (row) => row.flagged || row.skipped || dim('without a word') },
  { title: 'Prompt', grow: 3, cell: (row) => row.prompt },
];

/** What people said is wrong with pairs: flags, and why pairs were skipped. Bad ones are taken out here. */
export function RemarksPage() {
  const query = useInfiniteQuery(teamQueries.remarks());
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, hasNextPage, isFetchingNextPage]);
  const rows = query.data?.pages.flatMap((page) => page.rows) ?? [];
  const newest = query.data?.pages[0];
  return (
    <Page name="Flags and skips">
      <TeamNav />
      {query.error && !query.data ? (
        <ErrorState error={query.error} title="Flags and skips could not be read" onRetry={() => void query.refetch()} />
      ) : newest === undefined ? (
        <Loading rows={6} words="Reading flags and skips" />
      ) : rows.length === 0 ? (
        <EmptyState title="Nobody has flagged or skipped a pair">
          Who labels presses f where something is wrong with a pair, and s to set it aside. What they write shows here, and the pair can be
          taken out.
        </EmptyState>
      ) : (
        <>
          <PageTitle title={titleOf(newest)}>
            A flagged pair counts as it was judged, a skipped one went to somebody else. Space opens a row; one that is no good is taken out
            there.
          </PageTitle>
          <DataTable
            label="Flags and skips"
            columns={columns}
            rows={rows}
            keyOf={(row) => row.id}
            detail={(row) => <RemarkDetail row={row} />}
            onEnd={more}
          />
        </>
      )}
    </Page>
  );
}

/** `3 flags, 1 skip` */
export function titleOf({ flags, skips }: Pick<Remarks, 'flags' | 'skips'>): string {
  return [flags > 0 && counted(flags, 'flag'), skips > 0 && counted(skips, 'skip')].filter(Boolean).join(', ');
}

function RemarkDetail({ row }: { row: Remark }) {
  return (
    <div className={classes.detail}>
      <ul className={classes.responses}>
        {row.responses.map((text, index) => (
          <li key={`${index} ${text}`} dir="auto">
            {text}
          </li>
        ))}
      </ul>
      <Removal target={{ kind: 'comparison', id: row.comparisonId }} button="Take this pair out" />
    </div>
  );
}
