import { Route, Routes, useParams } from 'react-router';
import { ModelsPage } from './ModelsPage.tsx';

/** Models: `/models`, `/models/CHECKPOINT`. */
export default function Models() {
  return (
    <Routes>
      <Route index element={<ModelsPage asked={null} />} />
      <Route path=":checkpoint" element={<OneModel />} />
    </Routes>
  );
}

function OneModel() {
  const { checkpoint } = useParams();
  return <ModelsPage asked={checkpoint ?? null} />;
}
