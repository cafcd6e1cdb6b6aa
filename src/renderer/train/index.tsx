import { Page, PageTitle } from '../ui/Page.tsx';

/** The route element of Train; its own pages are nested routes in here. */
export default function Train() {
  return (
    <Page name="Train">
      <PageTitle title="Train" />
    </Page>
  );
}
