import { Route, Routes, useParams } from 'react-router';
import { NewComparisonPage } from './NewComparisonPage.tsx';
import { ReportPage } from './ReportPage.tsx';
import { ReportsPage } from './ReportsPage.tsx';

/** Compare: `/compare`, `/compare/new?with=CHECKPOINT`, `/compare/REPORT?prompt=3&reveal=1`. Votes are cast at `/compare/REPORT/vote`. */
export default function Compare() {
  return (
    <Routes>
      <Route index element={<ReportsPage />} />
      <Route path="new" element={<NewComparisonPage />} />
      <Route path=":report" element={<OneReport />} />
    </Routes>
  );
}

function OneReport() {
  const { report } = useParams();
  return report === undefined ? null : <ReportPage key={report} id={report} />;
}
