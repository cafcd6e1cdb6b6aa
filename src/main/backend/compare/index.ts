import type { CompareApi } from '#shared/api/compare.ts';
import { sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { checkpointViews } from '../checkpoints/views.ts';
import type { BackendContext } from '../context.ts';
import { runFolder } from '../runs/folder.ts';
import { keepAnswers } from './keep.ts';
import { answerJob, prepareComparison } from './prepare.ts';
import { reportView, requireReport, rowsView } from './views.ts';

/** Comparison reports: the same prompts and seeds answered by each checkpoint, measured, and voted on blind. */
export function createCompare({ store, jobs, onClose }: BackendContext): CompareApi {
  /** Reports that are queued or being answered. */
  const active = new Map<string, { done: number; ended: Promise<void> }>();

  for (const row of store.reports.unfinished()) {
    const error = `Plumbline ended before ${row.name} was answered. Start the comparison again.`;
    store.reports.update(row.id, { state: 'interrupted', error, endedAt: Date.now() });
  }
  onClose(async () => {
    const ends = [...active.values()].map((entry) => entry.ended);
    for (const id of active.keys()) jobs.stop(id);
    await Promise.all(ends);
  });

  return {
    checkpoints: () => checkpointViews(store),

    start(input) {
      const prepared = prepareComparison(store, input);
      const report = newId('rep');
      const name = nextName(store);
      const total = prepared.prompts.length * prepared.checkpoints.length;
      const job = answerJob(store, runFolder(store.folder, report), prepared);
      store.reports.insert({ id: report, name, config: prepared.config, total, createdAt: Date.now() });

      const entry = { done: 0, ended: Promise.resolve() };
      active.set(report, entry);
      entry.ended = jobs
        .submit({
          id: report,
          job,
          onStart: () => store.reports.update(report, { state: 'running' }),
          onEvent: (event) => {
            if (event.event === 'progress') entry.done = Math.floor((total * event.step) / Math.max(1, event.totalSteps));
          },
        })
        .then((outcome) => {
          active.delete(report);
          if (outcome.kind === 'done') keepAnswers(store, report, prepared, job);
          else if (outcome.kind === 'stopped') store.reports.update(report, { state: 'stopped', endedAt: Date.now() });
          else store.reports.update(report, { state: outcome.kind, error: outcome.sentence, endedAt: Date.now() });
        })
        .catch((error) => store.reports.update(report, { state: 'failed', error: sentenceOf(error), endedAt: Date.now() }))
        // A store that cannot write gets here (a full disk); the report then reads as interrupted, since nothing answers it.
        .catch(() => {});
      return { report };
    },

    stop(report) {
      requireReport(store, report);
      if (!active.has(report)) return;
      store.reports.update(report, { state: 'stopping' });
      jobs.stop(report);
    },

    list: (personId) => store.reports.list().map((row) => reportView(store, personId, row, active.get(row.id) ?? null)),
    get: (personId, report) => reportView(store, personId, requireReport(store, report), active.get(report) ?? null),
    rows: (personId, input) => rowsView(store, personId, { ...input, report: requireReport(store, input.report).id }),
    async finished(report) {
      await active.get(report)?.ended;
    },
  };
}

/** `compare-3`: a number that no report had. */
function nextName(store: Store): string {
  return `compare-${store.reports.count() + 1}`;
}
