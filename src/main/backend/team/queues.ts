import type { QueueRulesInput, QueueStatus, TeamApi } from '#shared/api/team.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { availableTo, checkShares, labelingQueue } from '../labeling/next.ts';
import { inSlices } from './in-slices.ts';
import type { Ordering } from './ordering.ts';

type Queues = Pick<TeamApi, 'queues' | 'setRules' | 'startCalibration' | 'makeGold'>;

/** No more gold than this is made at once, and no more is counted. */
const mostGold = 500;

/** The lead's side of what people are given: rules, the calibration round, gold, and how much of what is left. */
export function createQueues(store: Store, ordering: Ordering, changed: () => void): Queues {
  const goldFrom = (personId: string, limit: number) => store.checks.goldCandidates(personId, limit);

  return {
    queues(personId): QueueStatus {
      const rules = store.rules.get();
      return {
        rules,
        checks: checkShares(store, rules),
        working: store.people.working(),
        fresh: store.demand.freshCount(labelingQueue),
        moreLooks: store.demand.totals(labelingQueue).waiting ?? 0,
        disputes: store.demand.disputes(),
        forAdjudication: availableTo(store, personId, 'adjudication'),
        ...store.checks.counts(),
        goldCandidates: goldFrom(personId, mostGold).length,
        calibrating: store.people
          .all()
          .filter(
            ({ kind, role, inviteHash, revokedAt }) =>
              kind === 'person' && (role === 'owner' || (inviteHash !== null && revokedAt === null)),
          )
          .map(({ id, name }) => ({ personId: id, name, left: store.checks.unseenCount('calibration', id) }))
          .filter(({ left }) => left > 0),
        ordering: ordering.status(),
      };
    },

    async setRules(rules: QueueRulesInput) {
      const before = store.rules.get();
      if (rules.mostPeople < rules.overlapPeople) {
        throw new PlainError(
          'bad_input',
          `At most ${rules.mostPeople} people where they differ is fewer than the ${rules.overlapPeople} who see a shared pair anyway. Raise one or lower the other.`,
        );
      }
      ordering.refuse(rules.next);
      store.rules.save(rules);
      changed();
      if (rules.overlap !== before.overlap || rules.overlapPeople !== before.overlapPeople) await inSlices(redraw(store));
      if (rules.next !== before.next) await ordering.start(rules.next);
    },

    startCalibration: ({ pairs }) =>
      store.transaction(() => {
        const drawn = store.comparisons.drawn(labelingQueue, pairs);
        if (drawn.length === 0) throw new PlainError('bad_input', 'There are no pairs to calibrate on. Import or generate some first.');
        for (const id of drawn) {
          store.comparisons.copy(id, { id: newId('cmp'), purpose: 'calibration', queued: true, createdAt: Date.now() });
        }
        changed();
        return { pairs: drawn.length };
      }),

    makeGold: (personId, { pairs }) =>
      store.transaction(() => {
        const answers = goldFrom(personId, pairs);
        if (answers.length === 0) {
          throw new PlainError(
            'bad_input',
            'Gold pairs are made from your own clear answers (Shift and an arrow), and there are none yet. Label some pairs that have one right answer.',
          );
        }
        for (const { comparisonId, answer } of answers) {
          const id = newId('cmp');
          store.comparisons.copy(comparisonId, { id, purpose: 'gold', queued: true, createdAt: Date.now() });
          store.checks.addGold({ comparisonId: id, answer, setBy: personId, createdAt: Date.now() });
        }
        changed();
        return { pairs: answers.length };
      }),
  };
}

/** Draws anew, slice by slice, how many people are to see each undisputed comparison. */
function* redraw(store: Store): Generator<undefined, void> {
  for (let after = 0, end = store.demand.sliceEnd(0); end !== null; after = end, end = store.demand.sliceEnd(after)) {
    store.demand.applyRules(after, end);
    yield;
  }
}
