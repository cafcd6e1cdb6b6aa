import { useQuery } from '@tanstack/react-query';
import type { RunSummary } from '#shared/api/runs.ts';
import { proportion } from '#shared/statistics.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { Num } from '../ui/Num.tsx';
import { isActive } from './use-run.ts';
import { headlineWords, stateWords } from './words.ts';

/** What training has come to, in one sentence: the run that goes on, or what the newest one reached. */
export function RunsFinding({ runs }: { runs: RunSummary[] }) {
  const going = runs.find((run) => isActive(run.state) && run.state !== 'queued');
  const newest = going ?? runs[0]!;
  const { data: detail } = useQuery({ ...queries.run(newest.id), enabled: newest.method === 'reward' && newest.state === 'done' });
  if (going) {
    return (
      <>
        {going.name} is training: step {count(going.step)} of {count(going.totalSteps)}
      </>
    );
  }
  if (newest.state !== 'done') {
    return (
      <>
        {newest.name} {stateWords[newest.state]}
        {newest.step > 0 && ` at step ${count(newest.step)}`}
      </>
    );
  }
  const report = detail?.report;
  if (report && report.untied >= 20) {
    return (
      <>
        {newest.name} orders <Num value={proportion(report.correct, report.untied)!} kind="percent" /> of held-out pairs as judged
      </>
    );
  }
  if (report) {
    return (
      <>
        {newest.name} orders {report.correct} of {report.untied} held-out pairs as judged
      </>
    );
  }
  const words = headlineWords(newest.headline);
  return words ? (
    <>
      {newest.name} reached {words.name} {words.value}
    </>
  ) : (
    <>{newest.name} is done</>
  );
}
