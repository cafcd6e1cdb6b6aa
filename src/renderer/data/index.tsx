import { Page, PageTitle } from '../ui/Page.tsx';

/** The route element of Data; its own pages are nested routes in here. */
export default function Data() {
  return (
    <Page name="Data">
      <PageTitle title="Data" />
    </Page>
  );
}
