import { chmodSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registerCheckpoint } from '#backend/checkpoints/register.ts';
import { annotatorNamed } from '#backend/people.ts';
import { createRun } from '#backend/runs/create.ts';
import { hashOfIds, rowsOf } from '#backend/runs/data.ts';
import { draw } from '#backend/runs/draw.ts';
import { configure } from '#backend/runs/methods.ts';
import { planOf } from '#backend/runs/plan.ts';
import { createSweep } from '#backend/runs/sweep.ts';
import { planInput, startRun, sweepRuns } from '#shared/api/runs.ts';
import type { PersonKind } from '#shared/domain.ts';
import type { PairRow } from '#shared/jobs.ts';
import { addJudged } from '../support/judge.ts';
import { openDemoProject, openEmptyProject } from '../support/open-project.ts';
import { assignNext, judgmentRow } from '../support/rows.ts';

const reward = configure('reward', {});
const people = { judgmentsBy: ['person'] as PersonKind[], limit: null, samplePrompts: 8 };
const better = { ranking: [[1], [0]], texts: ['worse', 'better'] };

function project() {
  const opened = openDemoProject({ pairs: 6, simulated: 8 });
  return { ...opened, pairs: () => rowsOf(opened.store, reward, people) as { train: PairRow[]; heldOut: PairRow[] } };
}

test('only the latest judgment of each chain trains', () => {
  const { store, owner, pairs } = project();
  const assignmentId = assignNext(store, owner);
  const first = store.judgments.insert(judgmentRow({ assignmentId, personId: owner, ranking: [[0], [1]] }));
  addJudged(store, { personId: owner, prompt: 'another', ...better });
  expect(pairs().train.map(({ chosen }) => chosen)).toContain('Of course, two towels for room 0.');
  const revised = store.judgments.insert(judgmentRow({ assignmentId, personId: owner, ranking: [[1], [0]], revises: first }));
  expect(pairs().train.map(({ chosen }) => chosen)).toEqual(['better', 'No.']);
  store.judgments.insert(judgmentRow({ assignmentId, personId: owner, ranking: null, withdrawn: true, revises: revised }));
  addJudged(store, { personId: owner, prompt: 'a third', ...better });
  expect(pairs().train.map(({ chosen }) => chosen)).toEqual(['better', 'better']);
});

test('kinds of people mix only when asked to', () => {
  const { store, owner } = project();
  store.people.enable(store.people.ofKind('simulated')[0]?.id ?? '', true);
  const model = annotatorNamed(store, 'model', 'Judge 1');
  addJudged(store, { personId: model.id, prompt: 'by a model', ...better });
  addJudged(store, { personId: owner, prompt: 'by a person', ...better });
  addJudged(store, { personId: owner, prompt: 'by a person too', ...better });
  const kinds = (judgmentsBy: PersonKind[]) => rowsOf(store, reward, { judgmentsBy, limit: null, samplePrompts: 8 });
  expect(kinds(['person'])).toMatchObject({ kinds: ['person'], train: { length: 2 } });
  expect(kinds(['simulated']).kinds).toEqual(['simulated']);
  expect(kinds(['person', 'model'])).toMatchObject({ kinds: ['model', 'person'], train: { length: 3 } });
});

test('simulated judgments that are switched out are named, with how to switch them in, by the plan as by the start', () => {
  const { store } = project();
  const simulated = { judgmentsBy: ['simulated'] as PersonKind[], limit: null, samplePrompts: 8 };
  const sentence = /^The 8 simulated judgments of test are switched out\. .*`plumbline project set ".*test\.plumbline" --simulated on`\.$/;
  expect(() => rowsOf(store, reward, simulated)).toThrow(sentence);
  const plan = () => planOf(store, planInput.parse({ method: 'reward', judgmentsBy: ['person', 'simulated'] }));
  expect(plan()).toMatchObject({ ready: false, sentences: expect.arrayContaining([expect.stringMatching(sentence)]) });
  expect(() => rowsOf(store, reward, people)).toThrow(/no judgments by people yet/);
  store.people.enable(store.people.ofKind('simulated')[0]?.id ?? '', true);
  expect(plan().sentences).not.toContainEqual(expect.stringMatching(sentence));
});

test('pairs judged both bad go with a reward model that takes them, and into the hash of its data', () => {
  const { store, owner } = project();
  addJudged(store, { personId: owner, prompt: 'clear', ...better });
  addJudged(store, { personId: owner, prompt: 'another', ...better });
  addJudged(store, { personId: owner, prompt: 'both bad', texts: ['bad', 'bad too'], ranking: null, bothBad: true });
  addJudged(store, { personId: owner, prompt: 'kept out', split: 'held_out', texts: ['bad', 'worse'], ranking: null, bothBad: true });
  const takes = rowsOf(store, configure('reward', { bothBad: 'negative' }), people);
  expect(takes.bothBad).toMatchObject([{ responses: ['bad', 'bad too'], prompt: [{ content: 'both bad' }] }]);
  expect(takes.train.length).toBe(2);
  const leaves = rowsOf(store, reward, people);
  expect(leaves.bothBad).toEqual([]);
  expect(takes.ids.train.length).toBe(leaves.ids.train.length + 1);
  expect(hashOfIds(takes.ids)).not.toBe(hashOfIds(leaves.ids));
});

test('ties are half, both bad and studies do not train, prompts decide the split', () => {
  const { store, owner, pairs } = project();
  addJudged(store, { personId: owner, prompt: 'clear', ...better, strength: 3 });
  addJudged(store, { personId: owner, prompt: 'tie', texts: ['one', 'other'], ranking: [[0, 1]] });
  addJudged(store, { personId: owner, prompt: 'both bad', texts: ['bad', 'bad too'], ranking: null, bothBad: true });
  addJudged(store, { personId: owner, prompt: 'kept out', split: 'held_out', ...better });
  expect(pairs().train).toMatchObject([
    { chosen: 'better', rejected: 'worse', softTarget: 1, strength: 3 },
    { softTarget: 0.5, strength: 1 },
  ]);
  expect(pairs().heldOut).toMatchObject([{ prompt: [{ role: 'user', content: 'kept out' }] }]);
  const kept = new Set(pairs().heldOut.map(({ promptId }) => promptId));
  expect(pairs().train.some(({ promptId }) => kept.has(promptId))).toBe(false);
});

test('a ranking of four expands to its six pairs', () => {
  const { store, owner, pairs } = project();
  addJudged(store, { personId: owner, prompt: 'other', ...better });
  addJudged(store, { personId: owner, prompt: 'four', texts: ['a', 'b', 'c', 'd'], ranking: [[2], [0, 3], [1]] });
  const expanded = pairs().train.slice(1);
  expect(expanded.map(({ chosen, rejected, softTarget }) => [chosen, rejected, softTarget])).toEqual([
    ['c', 'a', 1],
    ['c', 'd', 1],
    ['c', 'b', 1],
    ['a', 'd', 0.5],
    ['a', 'b', 1],
    ['d', 'b', 1],
  ]);
  expect(new Set(expanded.map(({ id }) => id)).size).toBe(6);
});

test('too little to learn from is a sentence that says what to do, in the plan as at the start', () => {
  const { store, owner, pairs } = project();
  const plan = () => planOf(store, planInput.parse({ method: 'reward' }));
  expect(pairs).toThrow(/no judgments by people yet/);
  expect(plan()).toMatchObject({ ready: false, sentences: [expect.stringMatching(/no judgments by people yet/)] });
  addJudged(store, { personId: owner, prompt: 'kept out', split: 'held_out', ...better });
  expect(pairs).toThrow(/held-out prompts, which never train/);
  addJudged(store, { personId: owner, prompt: 'tie', texts: ['one', 'other'], ranking: [[0, 1]] });
  expect(pairs).toThrow(/ties/);
  addJudged(store, { personId: owner, prompt: 'tie', texts: ['three', 'four'], ranking: [[0], [1]] });
  expect(pairs).toThrow(/one prompt/);
  expect(plan().ready).toBe(false);
  addJudged(store, { personId: owner, prompt: 'two', ...better });
  expect(pairs().train).toHaveLength(3);
  expect(plan()).toMatchObject({ ready: true, data: { train: 3, heldOut: 1, byPeople: 4, simulated: 0, byModel: 0 } });
});

test('a project without a model is told where to get one, and nothing is said to take memory', () => {
  const { store } = openEmptyProject();
  const plan = planOf(store, planInput.parse({ method: 'reward' }));
  expect(plan).toMatchObject({ ready: false, startCheckpoints: [], estimate: { memoryBytes: 0 } });
  expect(plan.sentences[0]).toMatch(/^This project has no model to train\. Import one on the Models screen, or by “plumbline model import/);
});

test('SFT learns the preferred answers, each once a prompt', () => {
  const { store, owner } = project();
  for (const prompt of ['x', 'y', 'y']) addJudged(store, { personId: owner, prompt, ...better });
  addJudged(store, { personId: owner, prompt: 'z', texts: ['one', 'other'], ranking: [[0, 1]] });
  expect(rowsOf(store, configure('sft', {}), people).train).toMatchObject([{ response: 'better' }, { response: 'better' }]);
});

test('PPO answers train prompts and samples the same held-out ones whatever the seed', () => {
  const { store } = project();
  const rows = (seed: number) => rowsOf(store, configure('ppo', { seed }), { ...people, limit: 5, samplePrompts: 8 });
  expect(rows(1).train).toHaveLength(5);
  expect(rows(1).train).not.toEqual(rows(2).train);
  expect(rows(1).samplePromptIds).toEqual(rows(2).samplePromptIds);
  expect(rows(1).heldOut.map(({ id }) => id)).toEqual(expect.arrayContaining(rows(1).samplePromptIds));
});

test('GRPO learns from prompts as PPO does, DPO from judged pairs; DPO answers prompts of held-out pairs meanwhile', () => {
  const { store, owner } = project();
  addJudged(store, { personId: owner, prompt: 'clear', ...better });
  addJudged(store, { personId: owner, prompt: 'kept out', split: 'held_out', ...better });
  expect(rowsOf(store, configure('grpo', {}), people)).toEqual(rowsOf(store, configure('ppo', {}), people));
  const dpo = rowsOf(store, configure('dpo', {}), people);
  expect(dpo).toMatchObject({ kinds: ['person'], train: [{ chosen: 'better', rejected: 'worse' }], heldOut: { length: 1 } });
  expect(dpo.samplePromptIds).toEqual((dpo.heldOut as PairRow[]).map(({ promptId }) => promptId));
  expect(createRun(store, startRun.parse({ method: 'dpo' }))).toMatchObject({
    row: { name: 'dpo-1', simulated: false, rewardModelId: null, data: { judgmentsBy: ['person'] } },
    job: { kind: 'dpo', samplePromptIds: dpo.samplePromptIds },
  });
  expect(() => createRun(store, startRun.parse({ method: 'grpo' }))).toThrow('GRPO needs a reward model');
});

test('a draw is the same for a seed, keeps the order, and does not depend on what else there is beyond its own lots', () => {
  const rows = Array.from({ length: 100 }, (_, index) => ({ id: `row-${index}` }));
  const drawn = draw(rows, 10, 3);
  expect(drawn).toEqual(draw(rows, 10, 3));
  expect(drawn).not.toEqual(draw(rows, 10, 4));
  expect(drawn.map(({ id }) => rows.findIndex((row) => row.id === id))).toEqual(
    drawn.map(({ id }) => Number(id.slice(4))).toSorted((a, b) => a - b),
  );
  expect(draw(rows, 20, 3)).toEqual(expect.arrayContaining(drawn));
});

test('the data hash knows the ids and the split, not their order', () => {
  const ids = { train: ['a', 'b'], heldOut: ['c'] };
  expect(hashOfIds({ train: ['b', 'a'], heldOut: ['c'] })).toBe(hashOfIds(ids));
  expect(hashOfIds({ train: ['a'], heldOut: ['b', 'c'] })).not.toBe(hashOfIds(ids));
});

test('settings that cannot be used are named', () => {
  expect(() => configure('ppo', { clipRange: -1, clipRagne: 1 })).toThrow(/clipRange[\s\S]*clipRagne|clipRagne[\s\S]*clipRange/);
});

test('a run says whose judgments are behind it, also through its reward model', () => {
  const { store } = project();
  store.people.enable(store.people.ofKind('simulated')[0]?.id ?? '', true);
  const { row } = createRun(store, startRun.parse({ method: 'reward', judgmentsBy: ['simulated'] }));
  expect(row).toMatchObject({ name: 'reward-1', simulated: true, data: { judgmentsBy: ['simulated'] } });
  const folder = join(store.folder, 'made');
  cpSync(join(store.folder, 'checkpoints', store.checkpoints.list()[0]?.hash ?? ''), folder, { recursive: true });
  chmodSync(join(folder, 'plumbline.json'), 0o600);
  writeFileSync(join(folder, 'plumbline.json'), JSON.stringify({ format: 1, kind: 'reward', reward: { gain: 1, bias: 0 } }));
  registerCheckpoint(store, { folder, name: 'reward-1', runId: row.id });
  const ppo = createRun(store, startRun.parse({ method: 'ppo' }));
  expect(ppo.row).toMatchObject({ simulated: true, data: { judgmentsBy: ['simulated'] } });
  expect(ppo.job).toMatchObject({ kind: 'ppo', resume: false, samplePromptIds: expect.any(Array) });
  const grpo = createRun(store, startRun.parse({ method: 'grpo' }));
  expect(grpo).toMatchObject({
    row: { simulated: true, data: { judgmentsBy: ['simulated'] } },
    job: { kind: 'grpo', rewardModel: expect.any(String) },
  });
});

test('a sweep is one run a value, all of them or none', () => {
  const { store } = project();
  store.people.enable(store.people.ofKind('simulated')[0]?.id ?? '', true);
  const sweep = (values: number[]) =>
    createSweep(
      store,
      sweepRuns.parse({ method: 'dpo', judgmentsBy: ['simulated'], setting: 'klCoefficient', values, config: { epochs: 2 } }),
    );
  expect(() => sweep([0.1, -1])).toThrow(/klCoefficient must be/);
  expect(store.runs.count()).toBe(0);
  const made = sweep([0.1, 0.3, 0.9]);
  expect(made.map(({ row }) => [row.name, row.config.klCoefficient, row.config.epochs])).toEqual([
    ['dpo-1', 0.1, 2],
    ['dpo-2', 0.3, 2],
    ['dpo-3', 0.9, 2],
  ]);
  expect(new Set(made.map(({ row }) => row.dataHash)).size).toBe(1);
});
