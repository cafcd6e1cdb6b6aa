import { expect, test, vi } from 'vitest';
import { createLabeling } from '#backend/labeling/index.ts';
import { createTeam } from '#backend/team/index.ts';
import { placesOf } from '#backend/team/places.ts';
import { judgeInput, queueInput } from '#shared/api/labeling.ts';
import { startRun } from '#shared/api/runs.ts';
import { addPair } from '../support/judge.ts';
import { openBackend, quick, trainableProject } from '../support/real-engine.ts';

test('a reward model orders what waits, gives its own opinion beside people’s, and is named when what it learned from is removed', {
  timeout: 120_000,
}, async () => {
  const { context, store, runs, owner } = openBackend(trainableProject());
  const team = createTeam(context);
  await expect(team.setRules({ ...store.rules.get(), next: 'uncertainty' })).rejects.toThrow(/No reward model was trained/);
  await expect(team.setRules({ ...store.rules.get(), next: 'newest' })).rejects.toThrow(/No policy was trained/);
  const { id } = runs.start(startRun.parse({ method: 'reward', config: quick.reward }));
  await vi.waitUntil(() => runs.get(id).state === 'done', { timeout: 60_000, interval: 50 });
  const model = store.checkpoints.ofKind('reward')[0]!;
  await expect(team.setRules({ ...store.rules.get(), next: 'disagreement' })).rejects.toThrow(/Two reward models/);

  await team.setRules({ ...store.rules.get(), next: 'uncertainty' });
  await vi.waitUntil(() => team.queues(owner).ordering.state !== 'scoring', { timeout: 60_000, interval: 50 });
  const waiting = store.demand.freshPage('labeling', 0, 1000);
  expect(team.queues(owner).ordering).toEqual({ state: 'idle', sentence: null, scored: waiting.length });
  const first = store.demand.fresh('priority', 'labeling', owner)!;
  expect(first.seq).not.toBe(waiting[0]!.seq);

  team.startJudge({ checkpoint: model.id });
  expect(() => team.startJudge({ checkpoint: model.id })).toThrow(/judging already/);
  await vi.waitUntil(() => team.judges().status.state !== 'scoring', { timeout: 60_000, interval: 50 });
  const { status, candidates } = team.judges();
  expect(status.state).toBe('idle');
  expect(candidates).toEqual([{ id: model.id, name: model.name, judged: status.scored }]);
  // It judged held-out prompts alone, and counts as nobody's judgment.
  const opinions = store.judgments.counted().filter(({ kind }) => kind === 'model');
  expect(opinions.length).toBe(status.scored);
  expect(opinions.every(({ split }) => split === 'held_out')).toBe(true);
  expect(store.training.heads(['person']).some(({ kind }) => kind === 'model')).toBe(false);
  expect(store.demand.freshCount('labeling')).toBe(waiting.length);
  const report = await team.report({ kind: 'person' });
  expect(report.models).toMatchObject([{ name: model.name, judged: status.scored, withPeople: { n: 6 } }]);
  expect(report.people.map(({ personId }) => personId)).toEqual([owner]);

  const learned = store.training.heads(['person']).find(({ split }) => split === 'train')!;
  const comparison = store.judgments.counted().find((judgment) => judgment.id === learned.id)!.comparisonId;
  expect(team.removalEffect({ kind: 'comparison', id: comparison })).toEqual({
    what: expect.stringMatching(/^the pair “Please send \d+ pillows up/),
    judgments: 1,
    checkpoints: [{ id: model.id, name: model.name, judgments: 1 }],
  });
  expect(team.removalEffect({ kind: 'person', id: owner }).checkpoints).toMatchObject([{ id: model.id, judgments: 18 }]);
  team.remove(owner, { kind: 'comparison', id: comparison });
  expect(store.training.heads(['person']).some((head) => head.id === learned.id)).toBe(false);
  expect(team.removed()).toMatchObject([{ kind: 'comparison', id: comparison }]);
  team.restore({ kind: 'comparison', id: comparison });
  expect(store.training.heads(['person']).some((head) => head.id === learned.id)).toBe(true);
});

test('the least certain come first, or those on which models differ most', () => {
  const margins = new Map([
    ['sure', [3, 3.1]],
    ['torn', [0.1, -0.2]],
    ['split', [2, -1.8]],
  ]);
  const order = (by: 'uncertainty' | 'disagreement') => [...placesOf(by, margins)].sort((a, b) => a[1] - b[1]).map(([id]) => id);
  expect(order('uncertainty')).toEqual(['torn', 'split', 'sure']);
  expect(order('disagreement')).toEqual(['split', 'torn', 'sure']);
});

test('whether choosing beat drawing at random is measured on the project’s own judgments, and kept', { timeout: 120_000 }, async () => {
  const { context, store, owner } = openBackend(trainableProject({ judged: 0 }));
  const team = createTeam(context);
  expect(() => team.measureActive()).toThrow(/40 judged pairs of each kind are needed: there are 0 drawn at random/);
  store.rules.save({ ...store.rules.get(), next: 'random' });
  const labeling = createLabeling({ store });
  store.transaction(() => {
    for (let index = 0; index < 150; index++) {
      addPair(store, {
        prompt: `Could you send ${index} pillows?`,
        split: index % 3 === 0 ? 'held_out' : 'train',
        texts: ['No.', `Gladly, ${index} pillows.`],
      });
    }
    for (let turn = 0; ; turn++) {
      const [item] = labeling.queue(owner, queueInput.parse({ count: 1 })).items;
      if (!item) break;
      // The rules were random; a lead's chosen order is marked so by the queue itself (tests/backend/team-queue.test.ts).
      const { seq } = store.comparisons.get(item.comparisonId)!;
      if (store.prompts.get(store.comparisons.get(item.comparisonId)!.promptId)!.split === 'train' && turn % 2 === 0)
        store.demand.setSlice(seq, 'chosen');
      const times = { shown: 1, firstKey: null, decided: 9000 };
      labeling.judge(
        owner,
        judgeInput.parse({ assignmentId: item.assignmentId, idempotencyKey: `active-key-${turn}`, ranking: [[1], [0]], times }),
      );
    }
  });
  team.measureActive();
  expect(() => team.measureActive()).toThrow(/already/);
  await vi.waitUntil(() => team.active().state !== 'measuring', { timeout: 60_000, interval: 50 });
  const { state, result } = team.active();
  expect(state).toBe('idle');
  expect(result!.labels).toBeGreaterThanOrEqual(40);
  expect(result!.heldOut).toBeGreaterThanOrEqual(40);
  for (const share of [result!.random, result!.chosen]) expect(share >= 0 && share <= 1).toBe(true);
  // It is the project's: another composition of it reads the same.
  expect(createTeam(context).active().result).toEqual(result);
});
