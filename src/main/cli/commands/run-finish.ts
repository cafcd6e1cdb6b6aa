import { runNamed, withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { finishedRun, follow } from '../follow.ts';
import { required } from '../values.ts';

export const runFinish: Command = {
  words: ['run', 'finish'],
  summary: 'Ends a run early that was stopped, interrupted or failed: what it reached becomes its checkpoint.',
  usage: 'RUN --project P',
  example: 'run finish ppo-2 --project front-desk.plumbline',
  positionals: ['RUN'],
  options: { project: { type: 'string', short: 'p' } },
  optionHelp: { project: 'the project folder' },
  run: ({ positionals, values, progress, signal }) =>
    withProject(required(values, 'project'), async (app) => {
      const run = runNamed(app, positionals.RUN ?? '');
      app.runs.finish(run);
      return finishedRun(app, await follow(app, run, progress, signal));
    }),
};
