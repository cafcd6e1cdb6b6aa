import { Page, PageTitle } from '../ui/Page.tsx';

export default function Settings() {
  return (
    <Page name="Settings">
      <PageTitle title="Settings" />
    </Page>
  );
}
