import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registerCheckpoint } from '#backend/checkpoints/register.ts';
import { keepAnswers } from '#backend/compare/keep.ts';
import { distinctPairs, measuresOf, winRateOf } from '#backend/compare/measures.ts';
import { answerJob, prepareComparison } from '#backend/compare/prepare.ts';
import { hasStrayNumber, numbersIn } from '#backend/compare/stray-numbers.ts';
import { reportView, requireReport, rowsView } from '#backend/compare/views.ts';
import { recordJudgment } from '#backend/labeling/record.ts';
import { annotatorNamed } from '#backend/people.ts';
import { rowsOf } from '#backend/runs/data.ts';
import { configure } from '#backend/runs/methods.ts';
import { startComparison } from '#shared/api/compare.ts';
import type { Ranking } from '#shared/domain.ts';
import type { AnswerRow } from '#shared/jobs.ts';
import { openDemoProject } from '../support/open-project.ts';

/** A report over all prompts, two checkpoints, as the engine would have answered: prompt i by "sft i" and "ppo i", the first `equal` the same. */
function answered({ prompts, equal }: { prompts: number; equal: number }) {
  const opened = openDemoProject({ pairs: prompts, simulated: 0 });
  const { store } = opened;
  const [sft] = store.checkpoints.list();
  const folder = join(store.folder, 'policy');
  cpSync(join(store.folder, 'checkpoints', sft?.hash ?? ''), folder, { recursive: true });
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'more', 'notes.txt'), 'another content, another checkpoint');
  const policy = registerCheckpoint(store, { folder, name: 'ppo-1', parentId: sft?.id ?? null });
  const config = startComparison.parse({ checkpoints: [sft?.id, policy.id], prompts, split: 'all' });
  const prepared = prepareComparison(store, config);
  const job = answerJob(store, join(store.folder, 'runs', 'rep_1'), prepared);
  store.reports.insert({ id: 'rep_1', name: 'compare-1', config: prepared.config, total: 2 * prompts, createdAt: 1 });
  const rows = prepared.prompts.flatMap(({ id }, index): AnswerRow[] =>
    ['sft', 'ppo'].map((name, checkpoint) => ({
      checkpoint,
      promptId: id,
      sample: 0,
      text: index < equal ? `the same ${index}` : `${name} ${index}`,
      ids: Array.from({ length: 3 + checkpoint }, (_, at) => at),
      terminated: true,
      reward: checkpoint + index,
      kl: { k1: checkpoint, k3: 2 * checkpoint },
    })),
  );
  writeFileSync(job.outFile, rows.map((row) => JSON.stringify(row)).join('\n'));
  keepAnswers(store, 'rep_1', prepared, job);
  const vote = (personId: string, index: number, ranking: Ranking | null) => {
    const comparison = store.comparisons.ofReport('rep_1')[index];
    if (!comparison) throw new Error(`the report has no pair ${index}`);
    recordJudgment(store, {
      comparison,
      slots: 2,
      personId,
      ranking,
      strength: null,
      bothBad: ranking === null,
      rationale: null,
      decidedAt: 1,
      importId: null,
      key: `vote-${index}`,
    });
  };
  const view = () => reportView(store, opened.owner, requireReport(store, 'rep_1'), null);
  return { ...opened, vote, view };
}

test('a report measures each checkpoint and makes a blind pair of every prompt that was answered differently', () => {
  const { view, store } = answered({ prompts: 12, equal: 3 });
  expect(view()).toMatchObject({
    state: 'done',
    progress: { done: 24, total: 24 },
    votes: 0,
    votesWaiting: 9,
    checkpoints: [
      { checkpoint: { name: 'sft' }, reward: { value: 5.5, n: 12 }, kl: { value: 0 }, length: { value: 3 }, winRate: null },
      { checkpoint: { name: 'ppo-1' }, reward: { value: 6.5 }, kl: { value: 2 }, length: { value: 4 }, winRate: null, equalAnswers: 3 },
    ],
  });
  expect(store.comparisons.ofReport('rep_1')).toHaveLength(9);
});

test('votes of people make the win rate; equal answers are ties; simulated votes never count', () => {
  const { view, vote, owner, store } = answered({ prompts: 30, equal: 6 });
  for (let index = 0; index < 8; index++) vote(owner, index, [[1], [0]]);
  // 8 of 24 pairs are voted on, so 2 of the 6 equal answers count: 8 wins, 2 ties, under 20.
  expect(view().checkpoints[1]?.winRate).toEqual({ wins: 8, ties: 2, losses: 0, rate: null });
  for (let index = 8; index < 12; index++) vote(owner, index, [[0], [1]]);
  for (let index = 12; index < 16; index++) vote(owner, index, [[0, 1]]);
  vote(owner, 16, null);
  for (let index = 17; index < 24; index++) vote(owner, index, [[1], [0]]);
  const simulated = annotatorNamed(store, 'simulated', 'Somebody');
  vote(simulated.id, 0, [[0], [1]]);
  const winRate = view().checkpoints[1]?.winRate;
  expect(winRate).toMatchObject({ wins: 15, ties: 11, losses: 4 });
  expect(winRate?.rate?.value).toBeCloseTo((15 + 5.5) / 30, 12);
  expect(view()).toMatchObject({ votes: 24, votesWaiting: 0 });
  expect(() => rowsOf(store, configure('reward', {}), { judgmentsBy: ['person'], limit: null, samplePrompts: 8 })).toThrow(
    /no judgments by people/,
  );
});

test('rows hide origin, reward and KL while the vote is open, and page by key', () => {
  const { vote, owner, store } = answered({ prompts: 12, equal: 2 });
  const page = (after: string | null, reveal = false) => rowsView(store, owner, { report: 'rep_1', after, limit: 5, reveal });
  const first = page(null);
  expect(first.rows.map(({ blind }) => blind)).toEqual([false, false, true, true, true]);
  expect(first.rows[2]?.answers.every(({ reward, kl }) => reward === null && kl === null)).toBe(true);
  expect(first).toEqual(page(null));
  const texts = [...page(null).rows, ...page('4').rows, ...page('9').rows]
    .filter(({ blind }) => blind)
    .map(({ answers }) => answers[0]?.text.slice(0, 3));
  expect(new Set(texts)).toEqual(new Set(['sft', 'ppo']));
  vote(owner, 0, [[1], [0]]);
  expect(page(null).rows[2]).toMatchObject({
    blind: false,
    vote: 'second',
    answers: [
      { text: 'sft 2', reward: 2 },
      { text: 'ppo 2', kl: 2 },
    ],
  });
  expect(page(null, true).rows.some(({ blind }) => blind)).toBe(false);
  expect([first.next, page('4').next, page('9').next]).toEqual(['4', '9', null]);
});

test('a number that the prompt has not: digits or words, the same number either way', () => {
  const asked = 'Room 503, three robes by 10:30, please.';
  const strays = [
    '3 robes for room 503.',
    'Three robes at 10:30.',
    'Five robes.',
    'Room 504.',
    'At 10:15.',
    'One moment, please.',
    'Done.',
  ];
  expect(strays.map((answer) => hasStrayNumber(asked, answer))).toEqual([false, false, true, true, true, false, false]);
  expect([...numbersIn('Twelve o’clock, room 7.')]).toEqual(['12', '7']);
});

test('the pure measures, by hand', () => {
  expect(distinctPairs(['a b a b', 'b c'])).toBeCloseTo(3 / 4);
  expect(distinctPairs(['one'])).toBe(0);
  const none = measuresOf([{ text: 'a', ids: [1], terminated: false, reward: null, kl: null }], () => '');
  expect(none).toMatchObject({ reward: null, kl: null, terminatedFraction: 0 });
  expect(winRateOf({ wins: 0, ties: 0, losses: 0 }, 5, 3)).toBeNull();
  expect(winRateOf({ wins: 0, ties: 0, losses: 0 }, 0, 30)?.rate?.value).toBe(0.5);
  expect(winRateOf({ wins: 10, ties: 4, losses: 6 }, 20, 0)?.rate).toMatchObject({ value: 0.6, n: 20 });
});
