import { expect, test } from 'vitest';
import { createTeam } from '#backend/team/index.ts';
import { createSupervisor } from '#jobs/supervisor.ts';
import { remarksInput } from '#shared/api/team.ts';
import { addPair } from '../support/judge.ts';
import { labelerOf } from '../support/labeler.ts';
import { openDemoProject } from '../support/open-project.ts';
import { addPerson } from '../support/people.ts';

function open(pairs: number) {
  const { store, owner } = openDemoProject({ pairs: 0, simulated: 0 });
  store.rules.save({ ...store.rules.get(), overlap: 1, overlapPeople: 2, repeatShare: 0, goldShare: 0 });
  const ids = Array.from({ length: pairs }, (_, index) => addPair(store, { prompt: `Request ${index}`, texts: ['One.', 'Another.'] }).id);
  const team = createTeam({ store, jobs: createSupervisor(), onClose: () => {} });
  const ada = labelerOf(store, addPerson(store, 'Ada'));
  return { store, owner, team, ids, ada, remarks: (given: object = {}) => team.remarks(remarksInput.parse(given)) };
}

test('what people flagged and skipped is listed with who said why, until it is taken back or the pair is taken out', () => {
  const { owner, team, ada, ids, remarks } = open(4);
  expect(remarks()).toEqual({ flags: 0, skips: 0, rows: [], next: null });
  ada.judge({ assignmentId: ada.first().assignmentId, flagged: 'names a person' });
  ada.judge({ assignmentId: ada.first().assignmentId });
  ada.judge({ assignmentId: ada.first().assignmentId, ranking: null, skipped: 'both are cut off' });
  expect(remarks()).toMatchObject({
    flags: 1,
    skips: 1,
    rows: [
      {
        person: 'Ada',
        skipped: 'both are cut off',
        flagged: null,
        prompt: 'Request 2',
        responses: ['One.', 'Another.'],
        comparisonId: ids[2],
      },
      { person: 'Ada', skipped: null, flagged: 'names a person', prompt: 'Request 0', comparisonId: ids[0] },
    ],
    next: null,
  });
  expect(Object.keys(remarks().rows[0]!), 'what was preferred is nobody’s business here').not.toContain('ranking');
  const first = remarks({ limit: 1 });
  expect(remarks({ limit: 1, before: first.next }).rows).toMatchObject([{ prompt: 'Request 0' }]);
  ada.undo();
  expect(remarks()).toMatchObject({ flags: 1, skips: 0 });
  team.remove(owner, { kind: 'comparison', id: ids[0]! });
  expect(remarks()).toMatchObject({ flags: 0, skips: 0, rows: [] });
  team.restore({ kind: 'comparison', id: ids[0]! });
  expect(remarks()).toMatchObject({ flags: 1 });
});

test('nobody is given a pair that was taken out, and none of them is counted as waiting', () => {
  const { store, owner, team, ada, ids } = open(3);
  ada.judge({ assignmentId: ada.first().assignmentId, ranking: [[0], [1]] });
  expect(team.queues(owner)).toMatchObject({ fresh: 2, moreLooks: 1 });
  team.remove(owner, { kind: 'comparison', id: ids[0]! });
  team.remove(owner, { kind: 'comparison', id: ids[1]! });
  expect(team.queues(owner)).toMatchObject({ fresh: 1, moreLooks: 0 });
  const bea = labelerOf(store, addPerson(store, 'Bea'));
  expect(bea.queue({ count: 4 }).items.map(({ comparisonId }) => comparisonId)).toEqual([ids[2]]);
  team.restore({ kind: 'comparison', id: ids[0]! });
  expect(team.queues(owner), 'Bea holds one that two are to see').toMatchObject({ moreLooks: 2 });
  expect(bea.queue({ count: 4 }).items.map(({ comparisonId }) => comparisonId)).toContain(ids[0]);
});
