import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { queries } from '../app/queries.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { DoctorPanel } from './DoctorPanel.tsx';
import { HubSettings } from './HubSettings.tsx';
import { KeysPanel } from './KeysPanel.tsx';
import { PersonSettings } from './PersonSettings.tsx';

/** What is one's own: name, appearance, reading, keys; and what this machine can do. */
export default function Settings() {
  const me = useQuery(queries.me());
  if (me.isError) {
    return (
      <Page name="Settings">
        <ErrorState error={me.error} onRetry={() => me.refetch()} />
      </Page>
    );
  }
  return (
    <Page name="Settings">
      <PageTitle title="Settings" />
      {me.data ? (
        <Stack gap={40} maw={860}>
          <PersonSettings me={me.data} />
          {me.data.role === 'owner' && <HubSettings />}
          {me.data.role !== 'annotator' && <DoctorPanel />}
          <KeysPanel />
        </Stack>
      ) : (
        <Loading />
      )}
    </Page>
  );
}
