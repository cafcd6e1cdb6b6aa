import { Page, PageTitle } from '../ui/Page.tsx';

/** The route element of Models; its own pages are nested routes in here. */
export default function Models() {
  return (
    <Page name="Models">
      <PageTitle title="Models" />
    </Page>
  );
}
