import { Page, PageTitle } from '../ui/Page.tsx';

export default function Project() {
  return (
    <Page name="Project">
      <PageTitle title="Project" />
    </Page>
  );
}
