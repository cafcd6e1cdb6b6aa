import { Route, Routes, useParams } from 'react-router';
import { ExportModelPage } from './ExportModelPage.tsx';
import { ImportModelPage } from './ImportModelPage.tsx';
import { ModelsPage } from './ModelsPage.tsx';
import { TryPage } from './TryPage.tsx';

/** Models: `/models`, `/models/CHECKPOINT`, `/models/CHECKPOINT/try` and `/export`, `/models/import`. */
export default function Models() {
  return (
    <Routes>
      <Route index element={<ModelsPage asked={null} />} />
      <Route path="import" element={<ImportModelPage />} />
      <Route path=":checkpoint/try" element={<TryPage />} />
      <Route path=":checkpoint/export" element={<ExportModelPage />} />
      <Route path=":checkpoint" element={<OneModel />} />
    </Routes>
  );
}

function OneModel() {
  const { checkpoint } = useParams();
  return <ModelsPage asked={checkpoint ?? null} />;
}
