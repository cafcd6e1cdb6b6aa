import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { ImportFormat, ImportResult } from '#shared/api/data.ts';
import type { PersonKind } from '#shared/domain.ts';
import { queries } from '../app/queries.ts';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { RejectedRows } from './RejectedRows.tsx';

interface ImportDoneProps {
  result: ImportResult;
  fileName: string;
  /** Whose choices came with the pairs; null when none did. */
  judgedBy: PersonKind | null;
}

/** What came in, every row that did not, and where the line of work goes on. */
export function ImportDone({ result, fileName, judgedBy }: ImportDoneProps) {
  const navigate = useNavigate();
  const summary = useQuery(queries.summary());
  const next = summary.data && !summary.isFetching ? nextAfterImport(result.format, judgedBy, summary.data.counts.waiting) : null;
  const prompts = result.format === 'prompts';
  return (
    <Page name="Imported">
      <PageTitle
        title={`${count(result.accepted)} of ${counted(result.rows, 'row')} ${result.accepted === 1 ? 'was' : 'were'} imported`}
        actions={
          <>
            <Button variant="default" h={36} onClick={() => navigate(prompts ? '/data/prompts' : '/data/comparisons')}>
              See them
            </Button>
            {next && <PrimaryButton onClick={() => navigate(next.path)}>{next.words}</PrimaryButton>}
          </>
        }
      >
        {fileName}. {whatBecameOf(result)}
      </PageTitle>
      <RejectedRows rows={result.rejected.slice(0, 500)} total={result.rejected.length}>
        {result.accepted > 0 ? 'the others are in' : 'and nothing else came in'}
      </RejectedRows>
    </Page>
  );
}

/** What an import makes possible: pairs that wait are judged, and judged ones can teach. Null when it brought prompts alone, which have no answers yet. */
export function nextAfterImport(
  format: ImportFormat,
  judgedBy: PersonKind | null,
  waiting: number,
): { words: string; path: string } | null {
  if (format === 'prompts') return null;
  if (waiting > 0) return { words: 'Label pairs', path: '/label' };
  return judgedBy === null ? null : { words: 'Train a reward model', path: `/train/new?method=reward&by=${judgedBy}` };
}

/** Of the rows that brought nothing: why. */
export function whatBecameOf({ duplicates, repeated, rejected }: Pick<ImportResult, 'duplicates' | 'repeated' | 'rejected'>): string {
  const known = duplicates - repeated;
  const parts = [
    `${count(known)} ${known === 1 ? 'was' : 'were'} here already`,
    repeated > 0 && `${count(repeated)} ${repeated === 1 ? 'stands' : 'stand'} earlier in the file`,
    `${count(rejected.length)} ${rejected.length === 1 ? 'was' : 'were'} not taken`,
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
