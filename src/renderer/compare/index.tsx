import { Page, PageTitle } from '../ui/Page.tsx';

/** The route element of Compare; its own pages are nested routes in here. */
export default function Compare() {
  return (
    <Page name="Compare">
      <PageTitle title="Compare" />
    </Page>
  );
}
