import type { JudgesStatus, OrderingStatus, TeamApi } from '#shared/api/team.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { PairRow } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import type { BackendContext } from '../context.ts';
import { recordJudgment } from '../labeling/record.ts';
import { annotatorNamed } from '../people.ts';
import { inSlices } from './in-slices.ts';
import { pairToScore, scorePairs } from './scoring.ts';

type Judges = Pick<TeamApi, 'judges' | 'startJudge'>;

/** Pairs that a model judges at once, and that are read at a time. */
const mostJudged = 20_000;
const page = 500;

/**
 * A reward model of this project as a second opinion: it votes on pairs of held-out prompts, which it never learned from, under a name and kind of its own.
 * It reads each answer alone, so that it cannot favor a side.
 */
export function createJudges({ store, jobs, onClose }: Pick<BackendContext, 'store' | 'jobs' | 'onClose'>, changed: () => void): Judges {
  let status: OrderingStatus = { state: 'idle', sentence: null, scored: 0 };
  let current: string | null = null;
  onClose(() => {
    if (current !== null) jobs.stop(current);
    current = null;
  });

  async function judge(model: CheckpointRow): Promise<void> {
    const id = newId('opn');
    current = id;
    status = { state: 'scoring', sentence: `${model.name} judges the pairs of held-out prompts.`, scored: 0 };
    try {
      const person = annotatorNamed(store, 'model', model.name);
      const rows = await inSlices(heldOutPairs(store, person.id));
      const margins = rows.length === 0 ? new Map<string, number[]>() : await scorePairs({ store, jobs }, id, [model], rows);
      if (current !== id || margins === null) return;
      await inSlices(record(store, person.id, margins));
      status = { state: 'idle', sentence: null, scored: margins.size };
      changed();
    } catch (error) {
      if (current === id) status = { state: 'failed', sentence: `${model.name} could not judge: ${sentenceOf(error)}`, scored: 0 };
    } finally {
      if (current === id) current = null;
    }
  }

  return {
    judges: (): JudgesStatus => ({
      candidates: store.checkpoints.ofKind('reward').map(({ id, name }) => {
        const person = store.people.named('model', name);
        return { id, name, judged: person ? store.judgments.countOfPerson(person.id) : 0 };
      }),
      status,
    }),
    startJudge({ checkpoint }) {
      const model = requireCheckpoint(store, checkpoint);
      if (model.kind !== 'reward')
        throw new PlainError('bad_input', `${model.name} is not a reward model. Choose one, or import a judge’s votes.`);
      if (current !== null) throw new PlainError('conflict', 'A model is judging already. Wait until it is done.');
      void judge(model);
    },
  };
}

/** Pairs of held-out prompts that this model has not judged. */
function* heldOutPairs(store: Store, personId: string): Generator<undefined, PairRow[]> {
  const rows: PairRow[] = [];
  for (let after = 0; rows.length < mostJudged; ) {
    const found = store.comparisons.ofSplit('held_out', after, page);
    const last = found.at(-1);
    if (!last) break;
    for (const comparison of found) {
      const row = store.assignments.of(personId, comparison.id) ? null : pairToScore(store, comparison);
      if (row) rows.push(row);
    }
    after = last.seq;
    yield;
  }
  return rows;
}

function* record(store: Store, personId: string, margins: ReadonlyMap<string, readonly number[]>): Generator<undefined, void> {
  const votes = [...margins];
  const at = Date.now();
  for (let from = 0; from < votes.length; from += page) {
    store.transaction(() => {
      for (const [seq, values] of votes.slice(from, from + page)) {
        const comparison = store.comparisons.bySeq(Number(seq));
        if (!comparison) continue;
        const margin = values.reduce((sum, value) => sum + value, 0);
        recordJudgment(store, {
          comparison,
          slots: 2,
          personId,
          ranking: margin === 0 ? [[0, 1]] : margin > 0 ? [[0], [1]] : [[1], [0]],
          strength: margin === 0 ? null : 1,
          bothBad: false,
          rationale: null,
          decidedAt: at,
          importId: null,
          key: `opinion-${seq}`,
        });
      }
    });
    yield;
  }
}
