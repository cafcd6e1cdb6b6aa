import { runNamed, withProject } from '../app.ts';
import { type Command, Stopped } from '../command.ts';
import { duration } from '../progress.ts';
import { required } from '../values.ts';

export const runReproduce: Command = {
  words: ['run', 'reproduce'],
  summary: 'Does a run again from its record alone, and says whether the same weights come out.',
  usage: 'RUN --project P',
  example: 'run reproduce ppo-2 --project front-desk.plumbline --json',
  positionals: ['RUN'],
  options: { project: { type: 'string', short: 'p' } },
  optionHelp: { project: 'the project folder' },
  run: ({ positionals, values, progress, signal }) =>
    withProject(required(values, 'project'), async (app) => {
      const run = runNamed(app, positionals.RUN ?? '');
      const { name } = app.runs.get(run);
      const stop = () => app.runs.stopReproducing(run);
      signal.addEventListener('abort', stop);
      try {
        const { equal, hash, expected, backend, recordedBackend } = await app.runs.reproduce(run, ({ step, totalSteps, secondsLeft }) =>
          progress(`${name} again · step ${step} of ${totalSteps}${secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`}`),
        );
        const elsewhere = backend === recordedBackend ? '' : ` It was made on ${recordedBackend}, and done again on ${backend}.`;
        return {
          json: { equal, hash },
          text: equal
            ? `${name} came out the same: ${hash}.`
            : `${name} came out different: ${hash}, where it had made ${expected}.${elsewhere}`,
        };
      } catch (error) {
        if (signal.aborted) throw new Stopped(`Reproducing ${name} was stopped; nothing is left of it.`);
        throw error;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    }),
};
