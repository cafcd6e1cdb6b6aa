import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { Label, Vote } from '../label/index.tsx';
import { Page } from '../ui/Page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';

// Label is what most people open all day, so it comes with the page; the others are fetched when they are opened.
const GuidelinePage = lazy(() => import('../label/GuidelinePage.tsx'));
const Project = lazy(() => import('../project/index.tsx'));
const Data = lazy(() => import('../data/index.tsx'));
const Train = lazy(() => import('../train/index.tsx'));
const Compare = lazy(() => import('../compare/index.tsx'));
const Models = lazy(() => import('../models/index.tsx'));
const Team = lazy(() => import('../team/index.tsx'));
const Settings = lazy(() => import('../settings/index.tsx'));

/** Every screen has a URL, and so has every run, checkpoint, report and filter inside one. */
export function Screens({ isLead }: { isLead: boolean }) {
  return (
    <Routes>
      <Route path="label" element={<Label />} />
      <Route path="compare/:report/vote" element={<Vote />} />
      <Route path="team/*" element={<Team />} />
      <Route path="settings" element={<Settings />} />
      {isLead ? (
        <>
          <Route path="label/guideline" element={<GuidelinePage />} />
          <Route index element={<Project />} />
          <Route path="data/*" element={<Data />} />
          <Route path="train/*" element={<Train />} />
          <Route path="compare/*" element={<Compare />} />
          <Route path="models/*" element={<Models />} />
          <Route path="*" element={<Nowhere />} />
        </>
      ) : (
        <Route path="*" element={<Navigate to="/label" replace />} />
      )}
    </Routes>
  );
}

function Nowhere() {
  return (
    <Page name="Nothing here">
      <EmptyState title="Nothing is at this address" actions={<TextLink to="/">Open the project</TextLink>}>
        The run, checkpoint or page that it named was removed, or belongs to another project.
      </EmptyState>
    </Page>
  );
}
