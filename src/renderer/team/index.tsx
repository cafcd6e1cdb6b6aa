import { useQuery } from '@tanstack/react-query';
import { Navigate, Route, Routes, useNavigate } from 'react-router';
import { queries } from '../app/queries.ts';
import { LabelScreen } from '../label/LabelScreen.tsx';
import { Page, usePageName } from '../ui/Page.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState } from '../ui/states.tsx';
import { AdjudicatedPage } from './AdjudicatedPage.tsx';
import { MembersPage } from './MembersPage.tsx';
import { OwnPage } from './OwnPage.tsx';
import { QueuesPage } from './QueuesPage.tsx';
import { RemarksPage } from './RemarksPage.tsx';
import { ReportPage } from './ReportPage.tsx';

/** Team: `/team` (what judgments are worth), `/team/people`, `/team/pairs`, `/team/flagged` (what people said is wrong with pairs), `/team/decide` (what others could not agree on). An annotator sees their own row. */
export default function Team() {
  const { data: me } = useQuery(queries.me());
  if (!me) return null;
  if (me.role === 'annotator') {
    return (
      <Routes>
        <Route index element={<OwnPage />} />
        <Route path="*" element={<Navigate to="/team" replace />} />
      </Routes>
    );
  }
  return (
    <Routes>
      <Route index element={<ReportPage />} />
      <Route path="people" element={<MembersPage me={me} />} />
      <Route path="pairs" element={<QueuesPage />} />
      <Route path="flagged" element={<RemarksPage />} />
      <Route path="decide" element={<Decide />} />
      <Route path="decided" element={<AdjudicatedPage />} />
      <Route path="*" element={<Navigate to="/team" replace />} />
    </Routes>
  );
}

/** The same screen as Label, on pairs that people could not agree on; what they said stays hidden until the vote. */
function Decide() {
  usePageName('Decide');
  const navigate = useNavigate();
  return (
    <LabelScreen
      purpose="adjudication"
      report={null}
      finished={(done) => (
        <Page name="Decide">
          <EmptyState
            title={done > 0 ? 'Nothing is left to decide' : 'No pair waits for your decision'}
            actions={<PrimaryButton onClick={() => navigate('/team/decided')}>See what others had said</PrimaryButton>}
          >
            Pairs come here when people differ to the end. You vote before you see what they said.
          </EmptyState>
        </Page>
      )}
    />
  );
}
