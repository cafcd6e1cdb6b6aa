import type { Supervisor } from '#jobs/supervisor.ts';
import type { Transfer } from '#shared/api/models.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Job } from '#shared/jobs.ts';
import { endedEarly } from './engine-question.ts';

/** A transfer's work: each step changes what is shown of it. */
export interface TransferWork {
  /** Aborted when the person stops it. */
  signal: AbortSignal;
  show(changes: Partial<Pick<Transfer, 'words' | 'done' | 'total' | 'secondsLeft'>>): void;
  /** Has the engine do one job of it. @throws PlainError with the engine's sentence, {Stopped} */
  engine(job: Job): Promise<void>;
}

type Result = Pick<Transfer, 'checkpoint' | 'path'>;

export interface Transfers {
  begin(start: Pick<Transfer, 'kind' | 'name' | 'words'>, work: (work: TransferWork) => Promise<Result>): { transfer: string };
  list(): Transfer[];
  stop(id: string): void;
  finished(id: string): Promise<Transfer>;
  /** Stops all and waits. */
  close(): Promise<void>;
}

class StoppedByPerson extends Error {}

/** Models on their way in and out, each from its beginning to its end; what is shown of them lives as long as the project is open. */
export function createTransfers(jobs: Supervisor): Transfers {
  const all = new Map<string, { view: Transfer; stop: AbortController; ended: Promise<void> }>();

  const entryOf = (id: string) => {
    const entry = all.get(id);
    if (!entry)
      throw new PlainError('not_found', 'This import or export is no longer known. Look at the list of checkpoints for what became of it.');
    return entry;
  };

  return {
    begin({ kind, name, words }, work) {
      const id = newId('mov');
      const view: Transfer = {
        ...{ id, kind, name, words, state: 'queued', done: 0, total: 0 },
        ...{ secondsLeft: null, error: null, checkpoint: null, path: null },
      };
      const stop = new AbortController();
      stop.signal.addEventListener('abort', () => jobs.stop(id));
      const engine = async (job: Job) => {
        if (stop.signal.aborted) throw new StoppedByPerson();
        const outcome = await jobs.submit({
          id,
          job,
          onStart: () => {
            if (view.state === 'queued') view.state = 'running';
          },
          onEvent: (event) => {
            if (event.event === 'progress')
              Object.assign(view, { done: event.step, total: event.totalSteps, secondsLeft: event.secondsLeft });
          },
        });
        if (outcome.kind === 'stopped') throw new StoppedByPerson();
        if (outcome.kind === 'interrupted') throw endedEarly(outcome.sentence);
        if (outcome.kind !== 'done') throw new PlainError('engine', outcome.sentence);
      };
      const show: TransferWork['show'] = (changes) => {
        if (view.state === 'queued') view.state = 'running';
        Object.assign(view, changes);
      };
      const ended = work({ signal: stop.signal, show, engine }).then(
        (result) => void Object.assign(view, result, { state: 'done', secondsLeft: null, done: view.total }),
        (error) => {
          if (stop.signal.aborted || error instanceof StoppedByPerson) view.state = 'stopped';
          else Object.assign(view, { state: 'failed', error: sentenceOf(error) });
        },
      );
      all.set(id, { view, stop, ended });
      return { transfer: id };
    },
    list: () => [...all.values()].map(({ view }) => ({ ...view })).reverse(),
    stop(id) {
      const { view, stop } = entryOf(id);
      if (view.state !== 'queued' && view.state !== 'running') return;
      view.state = 'stopping';
      stop.abort();
    },
    async finished(id) {
      const { view, ended } = entryOf(id);
      await ended;
      return { ...view };
    },
    async close() {
      for (const { stop } of all.values()) stop.abort();
      await Promise.all([...all.values()].map(({ ended }) => ended));
    },
  };
}
