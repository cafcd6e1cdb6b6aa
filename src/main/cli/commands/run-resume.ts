import { runNamed, withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { finishedRun, follow } from '../follow.ts';
import { required } from '../values.ts';

export const runResume: Command = {
  words: ['run', 'resume'],
  summary: 'Goes on with a run that was stopped or interrupted, from its last saved state.',
  usage: 'RUN --project P',
  example: 'run resume ppo-2 --project front-desk.plumbline',
  positionals: ['RUN'],
  options: { project: { type: 'string', short: 'p' } },
  optionHelp: { project: 'the project folder' },
  run: ({ positionals, values, progress, signal }) =>
    withProject(required(values, 'project'), async (app) => {
      const run = runNamed(app, positionals.RUN ?? '');
      app.runs.resume(run);
      return finishedRun(app, await follow(app, run, progress, signal));
    }),
};
