import { Button } from '@mantine/core';
import { useNavigate } from 'react-router';
import type { ImportResult } from '#shared/api/data.ts';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { RejectedRows } from './RejectedRows.tsx';

/** What came in, and every row that did not. */
export function ImportDone({ result, fileName }: { result: ImportResult; fileName: string }) {
  const navigate = useNavigate();
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
            {!prompts && <PrimaryButton onClick={() => navigate('/label')}>Label pairs</PrimaryButton>}
          </>
        }
      >
        {fileName}. {whatBecameOf(result)}
      </PageTitle>
      <RejectedRows rows={result.rejected.slice(0, 500)} total={result.rejected.length} />
    </Page>
  );
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
