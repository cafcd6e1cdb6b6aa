import { expect, test } from 'vitest';
import { standingOf } from '#backend/labeling/escalate.ts';
import { createLabeling } from '#backend/labeling/index.ts';
import { waitingFor } from '#backend/labeling/next.ts';
import { judgeInput, type LabelItem, queueInput, undoInput, type WorkQueue } from '#shared/api/labeling.ts';
import type { QueueRules } from '#store/queries/rules.ts';
import { addPair } from '../support/judge.ts';
import { openDemoProject } from '../support/open-project.ts';
import { addPerson } from '../support/people.ts';

let keys = 0;

/** A team on a project of `pairs` pairs; each answers by `answer`, as slots best first. */
function team(size: { people: number; pairs: number }, rules: Partial<QueueRules> = {}) {
  const { store, owner } = openDemoProject({ pairs: size.pairs, simulated: 0 });
  const people = Array.from({ length: size.people }, (_, index) => addPerson(store, `Person ${index}`));
  store.rules.save({ ...store.rules.get(), repeatShare: 0, goldShare: 0, ...rules });
  for (let after = 0, end = store.demand.sliceEnd(0); end !== null; after = end, end = store.demand.sliceEnd(after))
    store.demand.applyRules(after, end);
  const labeling = createLabeling({ store });
  const next = (person: string, purpose: WorkQueue = 'labeling'): LabelItem | undefined =>
    labeling.queue(person, queueInput.parse({ purpose, count: 1 })).items[0];
  const judge = (person: string, item: LabelItem, ranking: number[][] | null, more: object = {}) =>
    labeling.judge(
      person,
      judgeInput.parse({
        assignmentId: item.assignmentId,
        idempotencyKey: `team-key-${keys++}`,
        ranking,
        times: { shown: 1, firstKey: 2, decided: 9000 },
        ...more,
      }),
    );
  const undo = (person: string, purpose: WorkQueue = 'labeling') =>
    labeling.undo(person, undoInput.parse({ purpose, idempotencyKey: `team-key-${keys++}` }));
  return { store, owner, people, labeling, next, judge, undo };
}

/** Everybody judges in turn until nothing is left for anybody; who saw which comparison, in order. */
function workThrough({ people, next, judge }: ReturnType<typeof team>, answer: (person: number, item: LabelItem) => number[][]) {
  const seen = people.map(() => [] as LabelItem[]);
  for (let idle = 0, turn = 0; idle < people.length; turn++) {
    const index = turn % people.length;
    const item = next(people[index]!);
    if (!item) {
      idle += 1;
      continue;
    }
    idle = 0;
    seen[index]!.push(item);
    judge(people[index]!, item, answer(index, item));
  }
  return seen;
}

test('a comparison is for one person, a share of them for two, nobody sees one twice, and counts say what is left', () => {
  const group = team({ people: 3, pairs: 400 }, { overlap: 0.2 });
  const seen = workThrough(group, () => [[0], [1]]);
  const times = new Map<string, number>();
  for (const items of seen) {
    expect(new Set(items.map(({ comparisonId }) => comparisonId)).size).toBe(items.length);
    for (const { comparisonId } of items) times.set(comparisonId, (times.get(comparisonId) ?? 0) + 1);
  }
  expect(times.size).toBe(400);
  const twice = [...times.values()].filter((count) => count === 2).length;
  expect([...times.values()].every((count) => count === 1 || count === 2)).toBe(true);
  // 80 of 400 expected; four standard deviations are 32.
  expect(Math.abs(twice - 80)).toBeLessThan(32);
  for (const person of group.people) expect(waitingFor(group.store, person)).toBe(0);
  expect(group.store.demand.freshCount('labeling')).toBe(0);
});

test('progress says exactly how many a person would still be given', () => {
  const group = team({ people: 2, pairs: 30 }, { overlap: 0.5 });
  const [ada, bea] = group.people as [string, string];
  for (let turn = 0; turn < 12; turn++) {
    for (const person of [ada, bea]) {
      const item = group.next(person)!;
      if (turn % 4 === 3) group.judge(person, item, null, { skipped: 'I would rather not' });
      else group.judge(person, item, [[0], [1]]);
    }
  }
  const { done, total } = group.labeling.queue(ada, queueInput.parse({ count: 1 })).progress;
  let given = 0;
  for (let item = group.next(ada); item; item = group.next(ada)) {
    group.judge(ada, item, [[0], [1]]);
    given += 1;
  }
  expect(given).toBe(total - done);
});

test('a pair that somebody skipped goes to somebody else', () => {
  const group = team({ people: 2, pairs: 1 }, { overlap: 0 });
  const [ada, bea] = group.people as [string, string];
  const item = group.next(ada)!;
  expect(group.next(bea)).toBeUndefined();
  group.judge(ada, item, null, { skipped: 'unreadable' });
  expect(group.next(ada)).toBeUndefined();
  expect(group.next(bea)?.comparisonId).toBe(item.comparisonId);
});

test.each([
  [[-1], 2, 5, { wanted: 2, dispute: null }],
  [[-1, -2], 2, 5, { wanted: 2, dispute: null }],
  [[-1, 2], 2, 5, { wanted: 3, dispute: 'open' }],
  [[-1, 0], 2, 5, { wanted: 3, dispute: 'open' }],
  [[-1, 2], 3, 5, { wanted: 3, dispute: 'open' }],
  [[-1, 2, 3], 3, 5, { wanted: 3, dispute: null }],
  [[-1, 0, 3], 3, 5, { wanted: 4, dispute: 'open' }],
  [[-1, -1, 1, 1], 4, 5, { wanted: 5, dispute: 'open' }],
  [[-1, -1, 1, 1, 0], 5, 5, { wanted: 5, dispute: 'undecided' }],
  [[-1, 1], 2, 2, { wanted: 2, dispute: 'undecided' }],
] as const)('answers %j of %i wanted, at most %i: %j', (answers, wanted, most, expected) => {
  expect(standingOf(answers, wanted, most)).toEqual(expected);
});

test('where two differ a third is asked, then more; what stays undecided goes to an adjudicator who sees nobody’s answer, and whose word alone trains', () => {
  const group = team({ people: 4, pairs: 1 }, { overlap: 1, mostPeople: 4 });
  const [a, b, c, d] = group.people as [string, string, string, string];
  const { store, owner } = group;
  const answer = (person: string, ranking: number[][]) => group.judge(person, group.next(person)!, ranking);
  answer(a, [[0], [1]]);
  answer(b, [[1], [0]]);
  expect(store.demand.disputes()).toEqual({ open: 1, undecided: 0, adjudicated: 0 });
  answer(c, [[0, 1]]);
  answer(d, [[0, 1]]);
  expect(store.demand.disputes()).toEqual({ open: 0, undecided: 1, adjudicated: 0 });
  expect(store.training.heads(['person'])).toHaveLength(4);
  // Somebody who judged it already cannot adjudicate it.
  expect(group.next(a, 'adjudication')).toBeUndefined();
  const item = group.next(owner, 'adjudication')!;
  expect(item).toMatchObject({ purpose: 'adjudication', current: null });
  expect(JSON.stringify(item)).not.toMatch(/ranking|Person/);
  group.judge(owner, item, [[1], [0]]);
  expect(store.demand.disputes()).toEqual({ open: 0, undecided: 0, adjudicated: 1 });
  expect(store.training.heads(['person']).map(({ ranking }) => ranking)).toEqual([[[1], [0]]]);
  // Taking the word back opens the question again.
  group.undo(owner, 'adjudication');
  expect(store.demand.disputes()).toEqual({ open: 0, undecided: 1, adjudicated: 0 });
  expect(store.training.heads(['person'])).toHaveLength(4);
});

test('the calibration round comes first, for everybody alike, and looks like any other pair', () => {
  const group = team({ people: 2, pairs: 30 }, { overlap: 0 });
  for (const id of group.store.comparisons.drawn('labeling', 5)) {
    group.store.comparisons.copy(id, { id: `cal_${id}`, purpose: 'calibration', queued: true, createdAt: 1 });
  }
  const first = group.people.map((person) =>
    Array.from({ length: 6 }, () => {
      const item = group.next(person)!;
      group.judge(person, item, [[0], [1]]);
      expect(item.purpose).toBe('labeling');
      return item.comparisonId;
    }),
  );
  expect(first[0]!.slice(0, 5)).toEqual(first[1]!.slice(0, 5));
  expect(first[0]!.slice(0, 5).every((id) => id.startsWith('cal_'))).toBe(true);
  expect(first[0]![5]!.startsWith('cal_')).toBe(false);
  // What everybody judged to calibrate themselves trains nothing.
  expect(group.store.training.heads(['person'])).toHaveLength(2);
  expect(group.store.judgments.counted()).toHaveLength(2);
});

test('repeats come back with sides swapped, to whoever saw the pair, after at least twenty others; gold comes once; each about as often as set', () => {
  const group = team({ people: 1, pairs: 500 }, { overlap: 0, repeatShare: 0.1, goldShare: 0.05 });
  const { store, people } = group;
  const person = people[0]!;
  for (const id of store.comparisons.drawn('labeling', 60)) {
    store.comparisons.copy(id, { id: `gold_${id}`, purpose: 'gold', queued: true, createdAt: 1 });
  }
  const order = new Map<string, { place: number; slots: number[] }>();
  const purposes: Record<string, number> = {};
  const [items] = workThrough(group, () => [[0], [1]]);
  for (const [place, item] of items!.entries()) {
    const purpose = store.comparisons.get(item.comparisonId)!.purpose;
    purposes[purpose] = (purposes[purpose] ?? 0) + 1;
    const slots = item.responses.map(({ slot }) => slot);
    if (purpose === 'labeling') order.set(item.comparisonId, { place, slots });
    if (purpose !== 'repeat') continue;
    const texts = JSON.stringify(store.comparisons.slots(item.comparisonId).map(({ responseId }) => responseId));
    const original = [...order].find(([id]) => JSON.stringify(store.comparisons.slots(id).map(({ responseId }) => responseId)) === texts)!;
    expect(slots).toEqual(original[1].slots.toReversed());
    expect(place - original[1].place).toBeGreaterThanOrEqual(20);
  }
  const given = items!.length;
  expect(purposes.labeling).toBe(500);
  // Binomial(≈ 590, .1) and (≈ 590, .05): within four standard deviations.
  expect(Math.abs(purposes.repeat! / given - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / given));
  expect(Math.abs(purposes.gold! / given - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / given));
  expect(store.checks.selfChecks('', 1000).filter(({ again, first }) => Math.sign(again!) === Math.sign(first!))).toHaveLength(
    purposes.repeat!,
  );
  expect(store.training.heads(['person'])).toHaveLength(500);
  expect(waitingFor(store, person)).toBe(0);
});

test('a person alone is given no checks; a team of two is, unless its lead says otherwise', () => {
  const alone = team({ people: 0, pairs: 60 }, { repeatShare: null, goldShare: null });
  for (let item = alone.next(alone.owner); item; item = alone.next(alone.owner)) alone.judge(alone.owner, item, [[0], [1]]);
  expect(alone.store.checks.counts().repeats).toBe(0);
});

test('by chosen order, at least the random share is drawn by lot, and which slice each was is kept', () => {
  const group = team({ people: 1, pairs: 300 }, { overlap: 0, next: 'uncertainty', randomShare: 0.2 });
  const { store } = group;
  // The last ones are the most uncertain.
  for (const { seq } of store.demand.freshPage('labeling', 0, 1000)) store.demand.prioritize(seq, -seq);
  const slices: (string | null)[] = [];
  const [items] = workThrough(group, () => [[0], [1]]);
  for (const item of items!.slice(0, 200)) slices.push(store.demand.get(store.comparisons.get(item.comparisonId)!.seq)!.slice);
  const random = slices.filter((slice) => slice === 'random').length / slices.length;
  expect(Math.abs(random - 0.2)).toBeLessThan(4 * Math.sqrt((0.2 * 0.8) / slices.length));
  const chosen = items!.filter((_, index) => slices[index] === 'chosen').map((item) => store.comparisons.get(item.comparisonId)!.seq);
  expect(chosen).toEqual(chosen.toSorted((x, y) => y - x));
});

test('what is handed out and what is left agree with a recount after any mix of judging, skipping, undoing and new pairs', () => {
  const group = team({ people: 3, pairs: 40 }, { overlap: 0.5, mostPeople: 3 });
  const { store, people } = group;
  let state = 5;
  const draw = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  for (let turn = 0; turn < 300; turn++) {
    const person = people[draw(3)]!;
    if (draw(5) === 0) group.undo(person);
    if (draw(20) === 0) addPair(store, { prompt: `new ${turn}`, texts: ['a', 'b'] });
    const item = group.next(person);
    if (!item) continue;
    if (draw(6) === 0) group.judge(person, item, null, { skipped: 'no' });
    else group.judge(person, item, draw(2) === 0 ? [[0], [1]] : [[1], [0]]);
  }
  let fresh = 0;
  for (let seq = 1; ; seq++) {
    const demand = store.demand.get(seq);
    if (!demand) break;
    const holders = people.map((person) => store.assignments.of(person, demand.comparisonId)).filter((row) => row !== undefined);
    expect(demand.given).toBe(holders.filter(({ state: now }) => now !== 'set_aside').length);
    if (holders.length === 0) fresh += 1;
  }
  expect(store.demand.freshCount('labeling')).toBe(fresh);
});
