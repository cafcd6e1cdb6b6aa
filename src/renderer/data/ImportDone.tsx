import { Button } from '@mantine/core';
import { useNavigate } from 'react-router';
import type { ImportResult } from '#shared/api/data.ts';
import { count } from '../ui/format.ts';
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
        title={`${count(result.accepted)} of ${count(result.rows)} rows were imported`}
        actions={
          <>
            <Button variant="default" h={36} onClick={() => navigate(prompts ? '/data/prompts' : '/data/comparisons')}>
              See them
            </Button>
            {!prompts && <PrimaryButton onClick={() => navigate('/label')}>Label pairs</PrimaryButton>}
          </>
        }
      >
        {fileName}. {count(result.duplicates)} {result.duplicates === 1 ? 'was' : 'were'} here already, {count(result.rejected.length)}{' '}
        could not be read.
      </PageTitle>
      <RejectedRows rows={result.rejected.slice(0, 500)} total={result.rejected.length} />
    </Page>
  );
}
