import { withProject } from '../app.ts';
import { type Command, UsageError } from '../command.ts';
import { choice } from '../values.ts';
import { described } from './project-show.ts';

export const projectSet: Command = {
  words: ['project', 'set'],
  summary: 'Switches the demo’s simulated judgments in, or out again.',
  usage: 'PATH --simulated on|off',
  example: 'project set ~/front-desk.plumbline --simulated on',
  positionals: ['PATH'],
  options: { simulated: { type: 'string' } },
  optionHelp: { simulated: 'on: they count and can train, always named as simulated; off: they count nowhere' },
  async run({ positionals, values }) {
    const simulated = choice(values, 'simulated', ['on', 'off']);
    if (simulated === undefined) throw new UsageError('--simulated is missing.');
    return withProject(positionals.PATH ?? '', async (app) => {
      app.project.setSimulated({ on: simulated === 'on' });
      return described(app);
    });
  },
};
