import { Route, Routes, useParams, useSearchParams } from 'react-router';
import { NewRunPage } from './NewRunPage.tsx';
import { OverlayPage } from './OverlayPage.tsx';
import { OverOptimizationPage } from './OverOptimizationPage.tsx';
import { RunPage } from './RunPage.tsx';
import { RunsPage } from './RunsPage.tsx';

/** Train: `/train`, `/train?overlay=a,b`, `/train/new?method=ppo`, `/train/over-optimization`, `/train/RUN`. */
export default function Train() {
  return (
    <Routes>
      <Route index element={<Runs />} />
      <Route path="new" element={<NewRunPage />} />
      <Route path="over-optimization" element={<OverOptimizationPage />} />
      <Route path=":run" element={<OneRun />} />
    </Routes>
  );
}

function Runs() {
  const [query] = useSearchParams();
  const overlaid = (query.get('overlay') ?? '').split(',').filter((id) => id !== '');
  return overlaid.length > 0 ? <OverlayPage ids={overlaid} /> : <RunsPage />;
}

function OneRun() {
  const { run } = useParams();
  // A key of its own: nothing of one run is ever shown under another's name.
  return run === undefined ? null : <RunPage key={run} id={run} />;
}
