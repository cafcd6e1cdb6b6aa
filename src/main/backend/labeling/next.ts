import { createHash } from 'node:crypto';
import { newId } from '#shared/ids.ts';
import type { Assignment } from '#store/queries/assignments.ts';
import { type ComparisonHead, queueOf } from '#store/queries/comparisons.ts';
import type { QueueRules } from '#store/queries/rules.ts';
import type { Store } from '#store/store.ts';
import { orderShown } from './order.ts';

/** The team's queue, and that of pairs which people could not agree on. Every other one is a comparison report's study. */
export const labelingQueue = queueOf('labeling', null);
export const adjudicationQueue = 'adjudication';

/** A pair comes back, sides swapped, only after this many others: by then its first answer is forgotten. */
export const repeatGap = 20;
/** A pair that lies unjudged with somebody this long may go to somebody else. */
const heldFor = 12 * 3_600_000;
/** Shares of repeats and of gold pairs in a team, unless the lead set others (spec/labeling.md). */
export const defaultCheckShare = 0.05;
/** Above this many the pairs that wait for another look are not counted one by one. */
const countedSingly = 200;

interface Given {
  comparison: ComparisonHead;
  /** Slots from left to right; null: drawn from person and comparison. */
  order: number[] | null;
}

/**
 * Gives a person the next pair of a queue, or nothing. The team's queue, in this order: the calibration round; now and then a check (an earlier pair with
 * sides swapped, a pair with a known answer); a pair that somebody else has judged and more are to see; one that nobody has.
 */
export function giveNext(store: Store, personId: string, queue: string): Assignment | null {
  const given = nextOf(store, personId, queue);
  if (!given) return null;
  const { comparison, order } = given;
  const row = {
    id: newId('asg'),
    comparisonId: comparison.id,
    personId,
    orderShown: order ?? orderShown(personId, comparison.id, store.comparisons.slots(comparison.id).length),
    queue,
    comparisonSeq: comparison.seq,
    createdAt: Date.now(),
  };
  store.assignments.insert(row);
  return { ...row, state: 'open', latest: null };
}

/** How many pairs of a queue this person was not given and would be, as things stand. */
export function availableTo(store: Store, personId: string, queue: string): number {
  if (queue === adjudicationQueue) return store.demand.undecidedFor(personId);
  if (queue !== labelingQueue) return store.progress.queued(queue) - store.assignments.countOf(personId, queue);
  return (
    store.demand.freshCount(queue) +
    store.demand.againCount(queue, personId, countedSingly) +
    store.checks.unseenCount('calibration', personId)
  );
}

/** Pairs of the team's queue that wait for this person: those they hold, and those they would be given. */
export function waitingFor(store: Store, personId: string): number {
  return store.assignments.openCount(personId, labelingQueue) + availableTo(store, personId, labelingQueue);
}

function nextOf(store: Store, personId: string, queue: string): Given | undefined {
  if (queue === adjudicationQueue) return plain(store.demand.disputed('undecided', personId, 1)[0]);
  if (queue !== labelingQueue) return plain(store.comparisons.next(queue, store.assignments.frontier(personId, queue), 1)[0]);
  return (
    plain(store.checks.unseen('calibration', personId)) ??
    check(store, personId, queue) ??
    plain(store.demand.again(queue, personId)) ??
    fresh(store, personId, queue) ??
    plain(store.demand.abandoned(queue, personId, Date.now() - heldFor))
  );
}

const plain = (comparison: ComparisonHead | undefined): Given | undefined => comparison && { comparison, order: null };

/** A number in [0, 1) drawn from the person and how many pairs they were given, so that nobody can tell a check by when it comes. */
function drawn(personId: string, place: number, what: string): number {
  return createHash('sha256').update(`${personId}\n${place}\n${what}`).digest().readUInt32LE(0) / 2 ** 32;
}

/** Shares of repeats and gold pairs as they are in force: a person alone gets none unless they asked for them. */
export function checkShares(store: Store, rules: QueueRules): { repeats: number; gold: number } {
  const usual = store.people.working() > 1 ? defaultCheckShare : 0;
  return { repeats: rules.repeatShare ?? usual, gold: rules.goldShare ?? usual };
}

function check(store: Store, personId: string, queue: string): Given | undefined {
  const { repeats, gold } = checkShares(store, store.rules.get());
  if (repeats + gold === 0) return undefined;
  const draw = drawn(personId, store.assignments.countOf(personId, queue), 'check');
  if (draw < repeats) return repeat(store, personId, queue);
  return draw < repeats + gold ? plain(store.checks.unseen('gold', personId)) : undefined;
}

function repeat(store: Store, personId: string, queue: string): Given | undefined {
  const earlier = store.checks.repeatable(personId, queue, repeatGap);
  if (!earlier) return undefined;
  const id = newId('cmp');
  store.comparisons.copy(earlier.comparisonId, { id, purpose: 'repeat', queued: false, createdAt: Date.now() });
  store.checks.addRepeat(id, earlier.comparisonId, personId);
  const comparison = store.comparisons.get(id);
  return comparison && { comparison, order: earlier.orderShown.toReversed() };
}

function fresh(store: Store, personId: string, queue: string): Given | undefined {
  const { next, randomShare } = store.rules.get();
  if (next === 'order') return plain(store.demand.fresh('priority', queue, personId));
  const random = next === 'random' || drawn(personId, store.assignments.countOf(personId, queue), 'slice') < randomShare;
  const comparison = store.demand.fresh(random ? 'lot' : 'priority', queue, personId);
  if (comparison) store.demand.setSlice(comparison.seq, random ? 'random' : 'chosen');
  return plain(comparison);
}
