import { useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { publishedAgreement } from '#shared/agreement/published.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { PeopleTable } from './PeopleTable.tsx';
import { teamQueries } from './queries.ts';

/** One's own figures, which only oneself and the lead see. */
export function OwnPage() {
  const navigate = useNavigate();
  const panel = useQuery(teamQueries.mine());
  const label = <PrimaryButton onClick={() => navigate('/label')}>Label the next pair</PrimaryButton>;
  if (panel.error && panel.data === undefined) {
    return (
      <Page name="Your judgments">
        <ErrorState error={panel.error} title="Your figures could not be read" onRetry={() => void panel.refetch()} />
      </Page>
    );
  }
  if (panel.data === undefined) {
    return (
      <Page name="Your judgments">
        <Loading rows={2} words="Reading your judgments" />
      </Page>
    );
  }
  if (panel.data === null || panel.data.judged === 0) {
    return (
      <Page name="Your judgments">
        <EmptyState title="You have not judged a pair yet" actions={label}>
          How often you agree with others, and whether side, length or haste decide, shows here. Only you and the lead see it.
        </EmptyState>
      </Page>
    );
  }
  const usual = publishedAgreement[0];
  return (
    <Page name="Your judgments">
      <PageTitle title="How you judge" actions={label}>
        Only you and the lead see this. You can look at your own row, not at others’. The line at {Math.round(usual.share * 100)}% is how
        often two people agree in {usual.name} data.
      </PageTitle>
      <PeopleTable
        people={[panel.data]}
        reference={{ value: usual.share, name: `${usual.name} ${Math.round(usual.share * 100)}` }}
        opened={panel.data.personId}
        onOpen={() => {}}
      />
    </Page>
  );
}
