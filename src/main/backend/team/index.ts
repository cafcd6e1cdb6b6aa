import type { TeamApi, TeamEvent } from '#shared/api/team.ts';
import type { BackendContext } from '../context.ts';
import { createActive } from './active.ts';
import { adjudicatedPairs } from './adjudicated.ts';
import { createJudges } from './judges.ts';
import { createMembers } from './members.ts';
import { createOrdering } from './ordering.ts';
import { createQueues } from './queues.ts';
import { remarksOn } from './remarks.ts';
import { createRemovals } from './removal.ts';
import { createReports } from './reports.ts';

/** The lead's side of labeling: who is in the team, what they are given, what their judgments are worth (spec/labeling.md, The lead). */
export function createTeam(context: Pick<BackendContext, 'store' | 'jobs' | 'onClose'>): TeamApi & { judged(personId: string): void } {
  const { store } = context;
  const listeners = new Set<(event: TeamEvent) => void>();
  const reports = createReports(store);
  const ordering = createOrdering(context);

  return {
    report: ({ kind }) => reports.of(kind),
    panel: async (personId) => (await reports.of('person')).people.find((person) => person.personId === personId) ?? null,
    ceiling: async () => (await reports.of('person')).agreement.withoutTies,
    ...createMembers(store, reports.changed),
    ...createQueues(store, ordering, reports.changed),
    orderAgain: () => {
      const { next } = store.rules.get();
      ordering.refuse(next);
      return ordering.start(next);
    },
    ...createActive(context),
    ...createJudges(context, reports.changed),
    adjudicated: () => adjudicatedPairs(store),
    remarks: (input) => remarksOn(store, input),
    ...createRemovals(store, reports.changed),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** A judgment by this person has just landed, or was taken back. */
    judged(personId) {
      if (listeners.size === 0) return;
      const event = {
        personId,
        name: store.people.get(personId)?.name ?? '',
        judged: store.judgments.countOfPerson(personId),
        at: Date.now(),
      };
      for (const listener of listeners) listener(event);
    },
  };
}
