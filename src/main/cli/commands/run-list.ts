import { withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { required } from '../values.ts';

export const runList: Command = {
  words: ['run', 'list'],
  summary: 'The runs of a project, newest first.',
  usage: '--project P',
  example: 'run list --project front-desk.plumbline',
  positionals: [],
  options: { project: { type: 'string', short: 'p' } },
  optionHelp: { project: 'the project folder' },
  run: ({ values }) =>
    withProject(required(values, 'project'), async (app) => {
      const runs = app.runs.list();
      return {
        json: { runs },
        text:
          runs.length === 0
            ? 'No runs yet. Start one with: plumbline train reward --project …'
            : runs
                .map((run) => {
                  const headline = run.headline ? `  ${run.headline.metric} ${run.headline.value.toFixed(3)}` : '';
                  return `${run.name.padEnd(12)}  ${run.state.padEnd(11)}  step ${run.step} of ${run.totalSteps}${headline}`;
                })
                .join('\n'),
      };
    }),
};
