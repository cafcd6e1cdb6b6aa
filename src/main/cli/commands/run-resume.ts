import type { App } from '#shared/api/app.ts';
import { runNamed, withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { finishedRun, follow } from '../follow.ts';
import { required } from '../values.ts';

export const runResume = goingOn('resume', {
  summary: 'Goes on with a run that was stopped or interrupted, from its last saved state.',
  begin: (app, run) => app.runs.resume(run),
});

export const runFinish = goingOn('finish', {
  summary: 'Ends a run early that was stopped, interrupted or failed: what it reached becomes its checkpoint.',
  begin: (app, run) => app.runs.finish(run),
});

/** A command that goes on with a run, however far, and follows it to its end. */
function goingOn(word: string, { summary, begin }: { summary: string; begin: (app: App, run: string) => void }): Command {
  return {
    words: ['run', word],
    summary,
    usage: 'RUN --project P',
    example: `run ${word} ppo-2 --project front-desk.plumbline`,
    positionals: ['RUN'],
    options: { project: { type: 'string', short: 'p' } },
    optionHelp: { project: 'the project folder' },
    run: ({ positionals, values, progress, signal }) =>
      withProject(required(values, 'project'), async (app) => {
        const run = runNamed(app, positionals.RUN ?? '');
        begin(app, run);
        return finishedRun(app, await follow(app, run, progress, signal));
      }),
  };
}
