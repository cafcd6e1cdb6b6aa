import type { OrderingStatus } from '#shared/api/team.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { PairRow } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { QueueRules } from '#store/queries/rules.ts';
import type { Store } from '#store/store.ts';
import type { BackendContext } from '../context.ts';
import { labelingQueue } from '../labeling/next.ts';
import { inSlices } from './in-slices.ts';
import { placesOf } from './places.ts';
import { pairToScore, scorePairs } from './scoring.ts';

type Next = QueueRules['next'];

export interface Ordering {
  status(): OrderingStatus;
  /** @throws PlainError conflict when the project has nothing to order by */
  refuse(next: Next): void;
  /** Orders what waits; where reward models have to score it first, that goes on in the background. */
  start(next: Next): Promise<void>;
}

/** Pairs scored at a time; what waits behind them keeps its order. */
const mostScored = 20_000;
const page = 500;
/** Reward models whose disagreement is looked at, the newest ones. */
const mostModels = 4;

/** What to label next: puts the pairs that nobody was given into the order that the lead chose. */
export function createOrdering({ store, jobs, onClose }: Pick<BackendContext, 'store' | 'jobs' | 'onClose'>): Ordering {
  let status: OrderingStatus = { state: 'idle', sentence: null, scored: 0 };
  let current: string | null = null;
  onClose(() => {
    if (current !== null) jobs.stop(current);
    current = null;
  });

  /** The newest reward model, and others that read text as it does. */
  function rewardModels(): CheckpointRow[] {
    const [newest, ...older] = store.checkpoints.ofKind('reward');
    return newest ? [newest, ...older.filter(({ tokenizerHash }) => tokenizerHash === newest.tokenizerHash)].slice(0, mostModels) : [];
  }

  async function score(next: 'uncertainty' | 'disagreement', models: readonly CheckpointRow[]): Promise<void> {
    const id = newId('ord');
    current = id;
    try {
      const rows = await inSlices(waitingPairs(store));
      if (current !== id) return;
      const names = models.map(({ name }) => name).join(', ');
      status = {
        state: 'scoring',
        sentence: `${names} ${models.length > 1 ? 'score' : 'scores'} ${rows.length} ${rows.length === 1 ? 'pair' : 'pairs'}.`,
        scored: 0,
      };
      const margins = await scorePairs({ store, jobs }, id, models, rows);
      if (current !== id || margins === null) return; // another order was chosen, or the project closes
      const places = placesOf(next, margins);
      await inSlices(apply(store, rows, places));
      status = { state: 'idle', sentence: null, scored: places.size };
    } catch (error) {
      if (current !== id) return;
      status = {
        state: 'failed',
        sentence: `The pairs could not be ordered: ${sentenceOf(error)} They stay in the order in which they came.`,
        scored: 0,
      };
    } finally {
      if (current === id) current = null;
    }
  }

  return {
    status: () => status,
    refuse(next) {
      if (next === 'newest' && !store.checkpoints.ofKind('policy')[0]) {
        throw new PlainError('conflict', 'No policy was trained in this project yet, so there is no newest one. Choose another order.');
      }
      if (next === 'uncertainty' && rewardModels().length === 0) {
        throw new PlainError(
          'conflict',
          'No reward model was trained in this project yet, so none is uncertain. Train one, or choose another order.',
        );
      }
      if (next === 'disagreement' && rewardModels().length < 2 && !isEnsemble(rewardModels()[0])) {
        throw new PlainError(
          'conflict',
          'Two reward models, or one of several members, are needed to disagree. Train another with a different seed, or choose another order.',
        );
      }
    },
    async start(next) {
      if (current !== null) {
        const left = current;
        current = null;
        jobs.stop(left);
      }
      status = { state: 'idle', sentence: null, scored: 0 };
      await inSlices(inOrder(store));
      if (next === 'newest') store.demand.prioritizePolicy(store.checkpoints.ofKind('policy')[0]?.id ?? '');
      if (next === 'uncertainty') void score(next, rewardModels().slice(0, 1));
      if (next === 'disagreement') void score(next, isEnsemble(rewardModels()[0]) ? rewardModels().slice(0, 1) : rewardModels());
    },
  };
}

/** Whether a reward model's report speaks of several members. */
function isEnsemble(model: CheckpointRow | undefined): boolean {
  return ((model?.report as { members?: number } | null | undefined)?.members ?? 1) > 1;
}

function* inOrder(store: Store): Generator<undefined, void> {
  for (let after = 0, end = store.demand.sliceEnd(0); end !== null; after = end, end = store.demand.sliceEnd(after)) {
    store.demand.inOrder(after, end);
    yield;
  }
}

/** Pairs of two that nobody was given. Which of the two is called chosen says nothing here. */
function* waitingPairs(store: Store): Generator<undefined, PairRow[]> {
  const rows: PairRow[] = [];
  for (let after = 0; rows.length < mostScored; ) {
    const waiting = store.demand.freshPage(labelingQueue, after, page);
    const last = waiting.at(-1);
    if (!last) break;
    for (const comparison of waiting) {
      const row = pairToScore(store, comparison);
      if (row) rows.push(row);
    }
    after = last.seq;
    yield;
  }
  return rows;
}

/** Those with a place come first, in their places; the others follow as they came. */
function* apply(store: Store, rows: readonly PairRow[], places: ReadonlyMap<string, number>): Generator<undefined, void> {
  for (let from = 0; from < rows.length; from += page) {
    store.transaction(() => {
      for (const { id } of rows.slice(from, from + page)) {
        const place = places.get(id);
        if (place !== undefined) store.demand.prioritize(Number(id), place - mostScored - 1);
      }
    });
    yield;
  }
}
