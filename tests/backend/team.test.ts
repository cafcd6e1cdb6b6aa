import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importFile } from '#backend/data/import.ts';
import { createLabeling } from '#backend/labeling/index.ts';
import { createTeam } from '#backend/team/index.ts';
import { createSupervisor } from '#jobs/supervisor.ts';
import { importInput } from '#shared/api/data.ts';
import { judgeInput, queueInput } from '#shared/api/labeling.ts';
import type { Store } from '#store/store.ts';
import { openDemoProject } from '../support/open-project.ts';
import { temporaryFolder } from '../support/temporary.ts';

let keys = 0;

function open(pairs: number) {
  const { store, owner } = openDemoProject({ pairs, simulated: 0 });
  const team = createTeam({ store, jobs: createSupervisor(), onClose: () => {} });
  const labeling = createLabeling({ store }, team.judged);
  const judge = (person: string, count: number, ranking: number[][], strength: 1 | 2 | 3 = 1) => {
    for (let turn = 0; turn < count; turn++) {
      const [item] = labeling.queue(person, queueInput.parse({ count: 1 })).items;
      const times = { shown: 1, firstKey: null, decided: 5000 };
      labeling.judge(
        person,
        judgeInput.parse({ assignmentId: item!.assignmentId, idempotencyKey: `team-judgment-${keys++}`, ranking, strength, times }),
      );
    }
  };
  return { store, owner, team, judge };
}

test('gold is made from one’s own clear answers, given to others, and says how often each of them found it', async () => {
  const { store, owner, team, judge } = open(40);
  expect(() => team.makeGold(owner, { pairs: 10 })).toThrow(/none yet/);
  judge(owner, 3, [[0], [1]], 1);
  judge(owner, 5, [[0], [1]], 3);
  judge(owner, 1, [[0, 1]]);
  expect(team.queues(owner)).toMatchObject({ goldCandidates: 5, gold: 0, working: 1, checks: { repeats: 0, gold: 0 } });
  expect(team.makeGold(owner, { pairs: 4 })).toEqual({ pairs: 4 });
  expect(team.queues(owner)).toMatchObject({ goldCandidates: 1, gold: 4 });
  const { personId } = team.invite({ name: 'Ada', role: 'annotator' });
  expect(team.queues(owner)).toMatchObject({ working: 2, checks: { repeats: 0.05, gold: 0.05 } });
  await team.setRules({ ...store.rules.get(), goldShare: 0.5, repeatShare: 0, overlap: 0 });
  judge(personId, 16, [[0], [1]]);
  const gold = store.checks.goldChecks('', 100).filter(({ person }) => person !== null && store.verdicts.people().get(person) === personId);
  expect(gold.length).toBeGreaterThan(0);
  const report = await team.report({ kind: 'person' });
  expect(report.people.find((person) => person.personId === personId)!.gold).toMatchObject({ value: 1, n: gold.length });
});

test('a calibration round is drawn once, everybody judges all of it, and says how near each is to the others', async () => {
  const { owner, team, judge } = open(60);
  const { personId } = team.invite({ name: 'Ada', role: 'annotator' });
  expect(team.startCalibration({ pairs: 20 })).toEqual({ pairs: 20 });
  expect(team.startCalibration({ pairs: 10 })).toEqual({ pairs: 10 });
  expect(team.queues(owner).calibrating).toMatchObject([{ left: 30 }, { name: 'Ada', left: 30 }]);
  judge(owner, 30, [[0], [1]]);
  judge(personId, 30, [[0], [1]]);
  expect(team.queues(owner).calibrating).toEqual([]);
  const { people, agreement } = await team.report({ kind: 'person' });
  expect(people.map(({ calibration }) => calibration)).toMatchObject([
    { value: 1, n: 30 },
    { value: 1, n: 30 },
  ]);
  expect(agreement.withoutTies).toMatchObject({ value: 1, n: 30 });
  expect(await team.ceiling()).toMatchObject({ n: 30 });
});

test('rules are checked, and a new overlap is drawn for what nobody disputes', async () => {
  const { store, owner, team } = open(200);
  await expect(team.setRules({ ...store.rules.get(), overlapPeople: 4, mostPeople: 3 })).rejects.toThrow(/fewer than the 4/);
  const wanted = (): number[] => Array.from({ length: 200 }, (_, index) => store.demand.get(index + 1)!.wanted);
  await team.setRules({ ...store.rules.get(), overlap: 0.5, overlapPeople: 3 });
  expect(Math.abs(wanted().filter((count) => count === 3).length - 100)).toBeLessThan(30);
  await team.setRules({ ...store.rules.get(), overlap: 1 });
  expect(new Set(wanted())).toEqual(new Set([3]));
  await team.setRules({ ...store.rules.get(), overlap: 0 });
  expect(new Set(wanted())).toEqual(new Set([1]));
  expect(team.queues(owner)).toMatchObject({ fresh: 200, moreLooks: 0 });
});

test('who is revoked is out, and what they held goes to others at once', async () => {
  const { store, team, owner } = open(4);
  await team.setRules({ ...store.rules.get(), overlap: 0 });
  const { personId } = team.invite({ name: 'Ada', role: 'annotator' });
  const labeling = createLabeling({ store });
  expect(labeling.queue(personId, queueInput.parse({ count: 4 })).items).toHaveLength(4);
  expect(labeling.queue(owner, queueInput.parse({ count: 4 })).items).toHaveLength(0);
  team.revoke(personId);
  expect(labeling.queue(owner, queueInput.parse({ count: 4 })).items).toHaveLength(4);
  expect(team.members().find((member) => member.personId === personId)).toMatchObject({ access: 'revoked' });
  expect(() => team.invite({ name: 'Ada', role: 'annotator' })).toThrow(/Ada is in this project already/);
});

async function importVotes(store: Store, rows: object[], judgeName = 'Judge 1') {
  const path = join(temporaryFolder(), 'votes.jsonl');
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const input = importInput.parse({ file: 'votes', format: 'pairs', judgedBy: 'model', judgeName });
  return importFile(store, { path, fileName: 'votes.jsonl', bytes: statSync(path).size }, input, () => {});
}

test('an imported judge’s votes stand beside people’s on the same pairs; the swapped ones say how much it favors a side', async () => {
  const { store, owner, team, judge } = open(30);
  judge(owner, 30, [[0], [1]]);
  const pairs = store.comparisons.next('labeling', 0, 30).map(({ id, promptId }) => {
    const [good, poor] = store.comparisons.slots(id).map(({ messages }) => messages[0]!.content);
    return { prompt: store.prompts.get(promptId)!.messages[0]!.content, good: good!, poor: poor! };
  });
  // It always picks the first: right in one order, wrong in the other.
  const votes = [
    ...pairs.map(({ prompt, good, poor }) => ({ prompt, response_1: good, response_2: poor, preference: 1 })),
    ...pairs.map(({ prompt, good, poor }) => ({ prompt, response_1: poor, response_2: good, preference: 1 })),
  ];
  const result = await importVotes(store, votes);
  expect(result).toMatchObject({ rows: 60, accepted: 60, duplicates: 0 });
  expect(await importVotes(store, votes)).toMatchObject({ accepted: 0, duplicates: 60 });
  const { models, people, judgments } = await team.report({ kind: 'person' });
  expect(models).toMatchObject([
    { name: 'Judge 1', judged: 60, withPeople: { value: 1, n: 30 }, first: { value: 1, n: 60 }, swapped: { value: 0, n: 30 } },
  ]);
  // Nobody's judgments grew by it.
  expect(judgments).toBe(30);
  expect(people).toHaveLength(1);
  expect(store.judgments.countsByKind()).toEqual({ person: 30, simulated: 0, model: 60 });
  expect(store.training.heads(['person'])).toHaveLength(30);
});
