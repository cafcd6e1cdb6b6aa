import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createApp } from '#backend/app.ts';
import { makeLineDemo } from '#demo/line-demo.ts';
import type { App } from '#shared/api/app.ts';
import { type RunDetail, type StartRun, startRun } from '#shared/api/runs.ts';
import { PlainError } from '#shared/errors.ts';
import { say } from './say.ts';

/** The shipped demo: its model, its requests. */
export const demoFolder = resolve(import.meta.dirname, '../../resources/demo');

/** A fresh project of one seed in which everything up to the reward model has been done; policies are trained from it. */
export interface LineProject {
  app: App;
  seed: number;
  judgments: number;
  /** The reward model, and how often it orders a pair of held-out answers as gold does. */
  rewardModel: { id: string; accuracy: number | null; pairs: number };
  /** Seconds that judging and the reward model took. */
  seconds: number;
}

/**
 * Makes a temporary project with `judgments` simulated judgments (15% flipped), trains its reward model through the app's own use cases, does `work` on it and removes it.
 * The seed decides judgments and reward model, the SFT model never.
 */
export async function withLineProject<Result>(
  seed: number,
  judgments: number,
  work: (project: LineProject) => Promise<Result>,
): Promise<Result> {
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-line-'));
  try {
    say(`Seed ${seed}: the simulated annotator judges ${judgments} pairs of SFT answers …`);
    const made = await makeLineDemo(demoFolder, join(folder, 'demo'), judgments, seed);
    const app = createApp({ dataFolder: join(folder, 'data'), demoFolder: join(folder, 'demo') });
    try {
      app.project.setSimulated({ on: true });
      const { report, result } = await train(app, { method: 'reward', config: { seed, evaluateEvery: 1000 } });
      if (!report || !result) throw new Error('The reward run left no report.');
      say(`Reward model: orders ${report.correct} of ${report.untied} held-out pairs as gold does.`);
      const rewardModel = { id: result.id, accuracy: report.accuracy, pairs: report.untied };
      return await work({ app, seed, judgments: made.judgments, rewardModel, seconds: (Date.now() - start) / 1000 });
    } finally {
      await app.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a run on simulated judgments and waits for its end, saying how far it is. @throws PlainError when it ends otherwise than done. */
export async function train(app: App, input: StartRun): Promise<RunDetail> {
  const { id, name } = app.runs.start(startRun.parse({ judgmentsBy: ['simulated'], ...input }));
  let saidAt = 0;
  const unlisten = app.runs.listen((event) => {
    if (event.run !== id || event.kind !== 'progress' || Date.now() - saidAt < 5000) return;
    saidAt = Date.now();
    say(`${name}: step ${event.step} of ${event.totalSteps}`);
  });
  const run = await app.runs.finished(id);
  unlisten();
  if (run.state !== 'done' || !run.result) throw new PlainError('engine', run.error ?? `${name} ended as ${run.state}.`);
  return run;
}
