import type { RunEvent } from '#shared/api/runs.ts';
import { newId } from '#shared/ids.ts';
import type { EngineEvent } from '#shared/jobs.ts';
import type { Store } from '#store/store.ts';
import { textOf } from '../messages.ts';
import { runFolder } from './folder.ts';
import { keepSampleTokens } from './sample-tokens.ts';
import type { Live } from './views.ts';

/**
 * Stores what a run's engine says as it says it, and tells whoever watches. One transaction an event: what a watcher hears is on disk.
 * Returns where the run stands after the event.
 */
export function record(store: Store, run: string, event: EngineEvent, live: Live, tell: (event: RunEvent) => void): Live {
  switch (event.event) {
    case 'started':
      store.transaction(() => {
        // A resume goes on from a saved state; what came after it is said again.
        store.metrics.dropAfter(run, event.resumedAt);
        store.samples.dropAfter(run, event.resumedAt);
        store.signs.dropAfter(run, event.resumedAt);
        store.runs.update(run, { backend: event.backend, totalSteps: event.totalSteps, step: event.resumedAt });
      });
      tell({ kind: 'changed', run });
      return { step: event.resumedAt, totalSteps: event.totalSteps, secondsLeft: null };
    case 'progress':
      tell({ kind: 'progress', run, step: event.step, totalSteps: event.totalSteps, secondsLeft: event.secondsLeft });
      return { step: event.step, totalSteps: event.totalSteps, secondsLeft: event.secondsLeft };
    case 'metrics':
      store.transaction(() => {
        store.metrics.insert(run, event.step, event.values);
        store.runs.update(run, { step: Math.max(live.step, event.step) });
      });
      tell({ kind: 'metrics', run, row: { step: event.step, values: event.values } });
      return live;
    case 'sample': {
      const { event: _, perToken, ...sample } = event;
      const file = perToken && keepSampleTokens(runFolder(store.folder, run), event.step, event.promptId, perToken);
      store.samples.insert({ runId: run, ...sample, ...(file && { perTokenFile: file }) });
      const prompt = store.prompts.get(event.promptId);
      tell({ kind: 'sample', run, sample: { ...sample, perToken: file !== undefined, prompt: prompt ? textOf(prompt.messages) : '' } });
      return live;
    }
    case 'sign': {
      const { event: _, ...sign } = event;
      store.signs.insert({ id: newId('sign'), runId: run, ...sign });
      tell({ kind: 'sign', run, sign });
      return live;
    }
    default:
      return live;
  }
}
