import type { z } from 'zod';
import type { Supervisor } from '#jobs/supervisor.ts';
import type { Asked, askModel } from '#shared/api/models.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { askResult } from '#shared/model-jobs.ts';
import type { Store } from '#store/store.ts';
import { basesOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { askEngine } from './engine-question.ts';

/** Questions that are remembered; nobody looks at older ones. */
const kept = 20;

export interface Playground {
  ask(input: z.output<typeof askModel>): { question: string };
  asked(id: string): Asked;
  stopAsking(id: string): void;
  close(): Promise<void>;
}

/** One question after another to any checkpoint, answered while the person watches. Nothing of it is stored: what is tried out is no data. */
export function createPlayground(store: Store, jobs: Supervisor): Playground {
  const all = new Map<string, { view: Asked; stop: AbortController; ended: Promise<void> }>();
  const entryOf = (id: string) => {
    const entry = all.get(id);
    if (!entry) throw new PlainError('not_found', 'This question is no longer known. Ask it again.');
    return entry;
  };
  return {
    ask({ checkpoint: asked, messages, sampling }) {
      const row = requireCheckpoint(store, asked);
      if (row.kind === 'reward')
        throw new PlainError('bad_input', `${row.name} is a reward model; it writes no answers. Choose another checkpoint.`);
      const id = newId('ask');
      const view: Asked = {
        id,
        checkpoint: { id: row.id, name: row.name },
        state: 'queued',
        text: '',
        tokens: 0,
        error: null,
        result: null,
      };
      const stop = new AbortController();
      const [model, bases] = [checkpointFolder(store, row), basesOf(store, [row])];
      const ended = askEngine({
        jobs,
        job: (outFile) => ({ kind: 'ask', model, bases, question: { messages }, count: 1, sampling, outFile }),
        schema: askResult,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.event === 'started') view.state = 'running';
          if (event.event === 'sample') Object.assign(view, { text: event.text, tokens: event.tokens });
        },
      }).then(
        (result) => {
          const [answer] = result?.answers ?? [];
          if (answer) Object.assign(view, { state: 'done', result, text: answer.text, tokens: answer.ids.length });
          else view.state = 'stopped';
        },
        (error) => void Object.assign(view, { state: 'failed', error: sentenceOf(error) }),
      );
      all.set(id, { view, stop, ended });
      for (const old of [...all.keys()].slice(0, -kept)) if (all.get(old)!.view.state === 'done') all.delete(old);
      return { question: id };
    },
    asked: (id) => ({ ...entryOf(id).view }),
    stopAsking: (id) => entryOf(id).stop.abort(),
    async close() {
      for (const { stop } of all.values()) stop.abort();
      await Promise.all([...all.values()].map(({ ended }) => ended));
    },
  };
}
