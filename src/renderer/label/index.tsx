import { useParams } from 'react-router';
import { usePageName } from '../ui/Page.tsx';
import { LabelScreen } from './LabelScreen.tsx';

/** /label: this person's queue. */
export function Label() {
  usePageName('Label');
  return <LabelScreen purpose="labeling" report={null} />;
}

/** /compare/:report/vote: the same screen for a blind study, identical so that nothing hints which model wrote a text. */
export function Vote() {
  const { report = '' } = useParams();
  usePageName('Blind vote');
  return <LabelScreen purpose="study" report={report} />;
}
