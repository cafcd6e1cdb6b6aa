import { runNamed, withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { lastMetrics } from '../follow.ts';
import { required } from '../values.ts';

export const runShow: Command = {
  words: ['run', 'show'],
  summary: 'One run: its state, settings, data and newest metrics.',
  usage: 'RUN --project P',
  example: 'run show ppo-2 --project front-desk.plumbline --json',
  positionals: ['RUN'],
  options: { project: { type: 'string', short: 'p' } },
  optionHelp: { project: 'the project folder' },
  run: ({ positionals, values }) =>
    withProject(required(values, 'project'), async (app) => {
      const run = app.runs.get(runNamed(app, positionals.RUN ?? ''));
      const metrics = lastMetrics(app, run.id);
      return {
        json: { ...run, metrics },
        text: [
          `${run.name}  ${run.state}  step ${run.step} of ${run.totalSteps}${run.backend ? `  on ${run.backend}` : ''}`,
          `  from ${run.startCheckpoint.name}${run.rewardModel ? `, scored by ${run.rewardModel.name}` : ''}${run.result ? `, to ${run.result.name}` : ''}`,
          `  data: ${run.data.train} for training, ${run.data.heldOut} held out${run.data.judgmentsBy.length > 0 ? `, judged by ${run.data.judgmentsBy.join(' and ')}` : ''}`,
          ...(run.error ? [`  ${run.error}`] : []),
          ...run.signs.map((sign) => `  step ${sign.step}: ${sign.sentence}`),
          ...Object.entries(metrics).map(([name, value]) => `  ${name}  ${value.toPrecision(4)}`),
        ].join('\n'),
      };
    }),
};
