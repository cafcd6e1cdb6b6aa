import { Page, PageTitle } from '../ui/Page.tsx';

export function Label() {
  return (
    <Page name="Label">
      <PageTitle title="Label" />
    </Page>
  );
}
export const Vote = Label;
