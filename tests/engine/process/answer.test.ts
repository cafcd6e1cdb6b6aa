import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerRow, type JobOf } from '#shared/jobs.ts';
import { pairRows, promptRows, runFolder, small, startEngine, tinyModel } from '../../support/engine-run.ts';
import { temporaryFolder } from '../../support/temporary.ts';

test('answers: the same seeds for every checkpoint, scored, with KL against the reference; a file of pairs is scored as the run that trained', async () => {
  const parent = temporaryFolder();
  const folder = runFolder(parent, 'reward', 'reward');
  writeFileSync(join(folder, 'data/held_out.jsonl'), pairRows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const trained = await startEngine({
    kind: 'reward',
    runFolder: folder,
    startCheckpoint: tinyModel,
    resume: false,
    config: small.reward,
  }).until(({ event }) => event === 'done');
  const rewardModel = join(folder, 'checkpoint');

  const scored = await startEngine({ kind: 'score', rewardModel, pairsFile: join(folder, 'data/held_out.jsonl') }).until(
    ({ event }) => event === 'done',
  );
  if (scored.event !== 'done' || trained.event !== 'done') throw new Error('not done');
  const { pairs: _, trainAccuracy: __, droppedTooLong: ___, learningCurve: ____, ...report } = trained.reward!;
  expect(scored.reward).toMatchObject(report);
  expect(scored.metrics['rm/accuracy']).toBe(trained.reward!.accuracy);

  const promptsFile = join(parent, 'prompts.jsonl');
  const exact = { id: 'exact', prompt: [], exact: { ids: [5, 6, 7] } };
  writeFileSync(promptsFile, [...promptRows, exact].map((row) => `${JSON.stringify(row)}\n`).join(''));
  const outFile = join(parent, 'answers.jsonl');
  const job: JobOf<'answer'> = {
    kind: 'answer',
    checkpoints: [tinyModel, tinyModel],
    promptsFile,
    outFile,
    samplesPerPrompt: 2,
    sampling: { temperature: 1, topK: 0, topP: 1, maxNewTokens: 10, seed: 7 },
    rewardModel,
    reference: tinyModel,
  };
  const run = startEngine(job);
  await run.until(({ event }) => event === 'done');
  const rows = readFileSync(outFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => answerRow.parse(JSON.parse(line)));
  expect(rows.length).toBe(2 * 2 * (promptRows.length + 1));
  expect(run.events.filter(({ event }) => event === 'progress').at(-1)).toMatchObject({ step: rows.length, totalSteps: rows.length });
  const [first, second] = [0, 1].map((checkpoint) =>
    rows.filter((row) => row.checkpoint === checkpoint).map(({ checkpoint: _, ...row }) => row),
  );
  expect(second).toEqual(first);
  expect(new Set(first!.map(({ text }) => text)).size).toBeGreaterThan(first!.length / 2);
  for (const row of rows) {
    expect(Number.isFinite(row.reward)).toBe(true);
    expect(Math.abs(row.kl!.k1)).toBeLessThan(1e-4);
    expect(row.ids.length <= 10 && row.ids.length > 0).toBe(true);
  }
});
