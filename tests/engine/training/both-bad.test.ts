/** Pairs judged both bad, where a reward model takes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backend, openBackend } from '#engine/backends/open.ts';
import { loadRewardModel } from '#engine/training/policy-models.ts';
import { trainReward } from '#engine/training/reward.ts';
import { bothBadPairs, pairsOf } from '#engine/training/reward-pairs.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import type { BothBadRow } from '#shared/jobs.ts';
import { pairRows, runFolder, small, tinyModel } from '../../support/engine-run.ts';

const parent = mkdtempSync(join(tmpdir(), 'plumbline-both-bad-'));
const bad: BothBadRow[] = ['a towel', 'tea', 'the code', 'a taxi'].map((object, i) => ({
  id: `b${i}`,
  prompt: [{ role: 'user', content: `Send up ${object}.` }],
  responses: [`Gladly, ${object} comes at once, sir sir sir.`, `Gladly sir, sir, ${object} comes at once.`],
}));
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend();
});
afterAll(async () => {
  await backend.close();
  rmSync(parent, { recursive: true, force: true });
});

/** How often a bad response is ordered below a chosen one, over all of both. They look like chosen ones, so a model that was not told likes them. */
async function shareBelow(name: string, bothBad: 'leave_out' | 'negative'): Promise<number> {
  const folder = runFolder(parent, name, 'reward');
  writeFileSync(join(folder, 'data/both_bad.jsonl'), bad.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const config = { ...small.reward, epochs: 6, learningRate: 5e-3, bothBad };
  const context = { emit: () => {}, breathe: async () => {}, backend: backend.words };
  const { reward } = await trainReward({ kind: 'reward', runFolder: folder, startCheckpoint: tinyModel, resume: false, config }, context);
  expect(reward!.pairs).toBe(22); // judged pairs only, either way
  const { model, checkpoint } = loadRewardModel(join(folder, 'checkpoint'));
  const { pairs } = pairsOf(pairRows, checkpoint, config);
  const sides = bothBadPairs(bad, pairs, checkpoint, 0).map(({ rejected }) => rejected);
  const rewards = await model.score(sides, checkpoint.tokenizer.padId, async () => {});
  const chosen = await model.score(
    pairs.map((pair) => pair.chosen),
    checkpoint.tokenizer.padId,
    async () => {},
  );
  model.dispose();
  const below = chosen.map((good) => rewards.filter((reward) => reward < good).length / rewards.length);
  return below.reduce((a, b) => a + b, 0) / below.length;
}

test('taken as negatives, their responses are ordered below chosen ones; left out, they are not', async () => {
  const leftOut = await shareBelow('left-out', 'leave_out');
  const negative = await shareBelow('negative', 'negative');
  expect(leftOut).toBeLessThan(0.85);
  expect(negative).toBeGreaterThan(0.95);
});

test('each response is set below one that was chosen, drawn by the seed; nothing is made of ties alone', () => {
  const reader = loadCheckpoint(tinyModel);
  const { pairs } = pairsOf(pairRows, reader, small.reward);
  const made = bothBadPairs(bad, pairs, reader, 3);
  expect(made.length).toBe(8);
  const chosen = new Set(pairs.filter(({ target }) => target.softTarget === 1).map((pair) => pair.chosen));
  for (const pair of made) {
    expect(chosen.has(pair.chosen)).toBe(true);
    expect(pair.target).toEqual({ softTarget: 1, margin: 0 });
    expect(pair.rejected.response.at(-1)).toBe(reader.tokenizer.eosId);
  }
  expect(bothBadPairs(bad, pairs, reader, 3)).toEqual(made);
  expect(bothBadPairs(bad, pairs, reader, 4)).not.toEqual(made);
  const ties = pairs.map((pair) => ({ ...pair, target: { softTarget: 0.5, margin: 0 } }));
  expect(bothBadPairs(bad, ties, reader, 3)).toEqual([]);
  reader.decoder.dispose();
});
