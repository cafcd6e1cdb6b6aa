import { expect, test } from 'vitest';
import { createLabeling } from '#backend/labeling/index.ts';
import { orderShown } from '#backend/labeling/order.ts';
import { type JudgeInput, judgeInput, queueInput, undoInput } from '#shared/api/labeling.ts';
import { openDemoProject } from '../support/open-project.ts';

let keys = 0;
const key = () => `idempotency-${keys++}`;

function open(size?: Parameters<typeof openDemoProject>[0]) {
  const { store, owner } = openDemoProject(size);
  const labeling = createLabeling({ store });
  const queue = (given: Partial<Parameters<typeof queueInput.parse>[0] & object> = {}) => labeling.queue(owner, queueInput.parse(given));
  const judge = (given: Partial<JudgeInput> & Pick<JudgeInput, 'assignmentId'>) =>
    labeling.judge(
      owner,
      judgeInput.parse({ idempotencyKey: key(), ranking: [[0], [1]], times: { shown: 1, firstKey: 2, decided: 3 }, ...given }),
    );
  const undo = () => labeling.undo(owner, undoInput.parse({ idempotencyKey: key() }));
  const first = () => {
    const item = queue({ count: 1 }).items[0];
    if (!item) throw new Error('the queue is empty');
    return item;
  };
  return { store, owner, labeling, queue, judge, undo, first };
}

test('pairs are handed out once each, in order, and those that the page holds are not handed out again', () => {
  const { queue } = open({ pairs: 5, simulated: 0 });
  const four = queue({ count: 4 }).items.map(({ assignmentId }) => assignmentId);
  expect(new Set(four).size).toBe(4);
  expect(queue({ count: 4 }).items.map(({ assignmentId }) => assignmentId)).toEqual(four);
  const rest = queue({ count: 4, holding: four }).items;
  expect(rest).toHaveLength(1);
  expect(four).not.toContain(rest[0]?.assignmentId);
});

test('a pair looks the same on every visit, and nothing in it says where its responses came from', () => {
  const { first } = open();
  const once = first();
  expect(first()).toEqual(once);
  expect(JSON.stringify(once)).not.toMatch(/ckpt_|sft|origin|seed/);
});

test('simulated pairs wait for nobody', () => {
  const { queue } = open({ pairs: 3, simulated: 9 });
  expect(queue({ count: 20 }).items).toHaveLength(3);
  expect(queue().progress).toMatchObject({ done: 0, total: 3 });
});

test('judging moves on, and a judgment sent twice lands once', () => {
  const { store, owner, labeling, first, judge } = open({ pairs: 3, simulated: 0 });
  const item = first();
  const input = judgeInput.parse({
    assignmentId: item.assignmentId,
    idempotencyKey: key(),
    ranking: [[1], [0]],
    strength: 2,
    times: { shown: 10, firstKey: 20, decided: 30 },
  });
  const result = labeling.judge(owner, input);
  expect(labeling.judge(owner, input)).toEqual(result);
  expect(result.progress).toMatchObject({ done: 1, total: 3 });
  expect(store.judgments.counted()).toHaveLength(1);
  expect(store.judgments.counted()[0]).toMatchObject({ ranking: [[1], [0]], strength: 2, decidedAt: 30, kind: 'person' });
  const next = first();
  expect(next.comparisonId).not.toBe(item.comparisonId);
  expect(() => judge({ assignmentId: next.assignmentId, idempotencyKey: input.idempotencyKey })).toThrow(/key of another one/);
});

test('undo goes back as many levels as there are judgments, and only then says there is none', () => {
  const { store, first, judge, undo, queue } = open({ pairs: 4, simulated: 0 });
  const judged = [0, 1, 2].map(() => {
    const item = first();
    judge({ assignmentId: item.assignmentId });
    return item.comparisonId;
  });
  const back = [0, 1, 2].map(() => undo().item?.comparisonId);
  expect(back).toEqual(judged.toReversed());
  expect(undo()).toMatchObject({ item: null, progress: { done: 0, total: 4 } });
  expect(store.judgments.counted()).toEqual([]);
  // The pair undone last is the next to be judged, and each can be judged again.
  expect(
    queue({ count: 4 })
      .items.map(({ comparisonId }) => comparisonId)
      .slice(0, 3),
  ).toEqual(judged);
  judge({ assignmentId: first().assignmentId, ranking: [[1], [0]] });
  expect(store.judgments.counted().map(({ ranking }) => ranking)).toEqual([[[1], [0]]]);
});

test('undo sent twice goes back once', () => {
  const { owner, labeling, first, judge } = open({ pairs: 3, simulated: 0 });
  for (let turn = 0; turn < 2; turn++) judge({ assignmentId: first().assignmentId });
  const input = undoInput.parse({ idempotencyKey: key() });
  const once = labeling.undo(owner, input);
  expect(labeling.undo(owner, input)).toEqual(once);
  expect(once.progress.done).toBe(1);
});

test('a judgment again on the same pair is a revision: both rows stay, the later counts', () => {
  const { store, first, judge } = open({ pairs: 3, simulated: 0 });
  const { assignmentId } = first();
  judge({ assignmentId, ranking: [[0], [1]] });
  const { progress } = judge({ assignmentId, ranking: [[0, 1]], strength: 1 });
  expect(progress.done).toBe(1);
  expect(store.judgments.counted()).toMatchObject([{ ranking: [[0, 1]], strength: null }]);
});

test('skipped and flagged pairs are set aside and train nothing; both bad counts', () => {
  const { store, first, judge, queue } = open({ pairs: 4, simulated: 0 });
  judge({ assignmentId: first().assignmentId, ranking: null, skipped: 'I know this guest' });
  judge({ assignmentId: first().assignmentId, ranking: null, flagged: 'rude' });
  judge({ assignmentId: first().assignmentId, ranking: [[0, 1]], bothBad: true });
  expect(store.judgments.counted()).toMatchObject([{ bothBad: true, strength: null }]);
  expect(queue().progress).toMatchObject({ done: 3, total: 4 });
});

test.each([
  [{ ranking: null }, /neither which response is better/],
  [{ ranking: [[0]] }, /ranks responses 0/],
  [{ ranking: [[0], [0]] }, /ranks responses 0, 0/],
  [{ ranking: [[0], [2]] }, /ranks responses 0, 2/],
] as const)('a judgment that does not fit the pair is refused: %j', (given, sentence) => {
  const { store, first, judge } = open({ pairs: 2, simulated: 0 });
  const input = { assignmentId: first().assignmentId, ranking: given.ranking?.map((group) => [...group]) ?? null };
  expect(() => judge(input)).toThrow(sentence);
  expect(store.judgments.counted()).toEqual([]);
});

test("another person's pair cannot be judged", () => {
  const { store, labeling, first } = open({ pairs: 2, simulated: 1 });
  const other = store.people.ofKind('simulated')[0]?.id ?? '';
  const input = judgeInput.parse({
    assignmentId: first().assignmentId,
    idempotencyKey: key(),
    ranking: [[0], [1]],
    times: { shown: 1, firstKey: null, decided: 2 },
  });
  expect(() => labeling.judge(other, input)).toThrow(/not in your queue/);
});

test('pace is said once there are five judgments', () => {
  const { first, judge, queue } = open({ pairs: 8, simulated: 0 });
  const paces = Array.from({ length: 6 }, () => {
    const start = Date.now();
    while (Date.now() === start); // pace needs time to pass between judgments
    return judge({ assignmentId: first().assignmentId }).progress.pace;
  });
  expect(paces.slice(0, 4)).toEqual([null, null, null, null]);
  expect(paces[4]).toBeGreaterThan(0);
  expect(queue().progress.pace).toBeGreaterThan(0);
});

test('sides are drawn evenly over pairs and independently of people', () => {
  const firstOn = (person: string, comparison: number) => orderShown(person, `cmp_${comparison}`, 2)[0] ?? 0;
  const pairs = Array.from({ length: 4000 }, (_, comparison) => [firstOn('a', comparison), firstOn('b', comparison)] as const);
  const share = (of: (pair: readonly [number, number]) => boolean) => pairs.filter(of).length / pairs.length;
  // Four standard errors of a fair coin over 4,000 throws are .032.
  expect(share(([a]) => a === 0)).toBeCloseTo(0.5, 1);
  expect(Math.abs(share(([a]) => a === 0) - 0.5)).toBeLessThan(0.032);
  expect(Math.abs(share(([a, b]) => a === b) - 0.5)).toBeLessThan(0.032);
});

test('the order of K responses is a permutation, and every place is as likely for each', () => {
  const places = [0, 0, 0, 0];
  for (let comparison = 0; comparison < 4000; comparison++) {
    const order = orderShown('a', `cmp_${comparison}`, 4);
    expect(order.toSorted()).toEqual([0, 1, 2, 3]);
    const place = order.indexOf(0);
    places[place] = (places[place] ?? 0) + 1;
  }
  for (const count of places) expect(Math.abs(count / 4000 - 0.25)).toBeLessThan(0.028);
});
