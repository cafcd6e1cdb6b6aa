import { createProjectFolder } from '#backend/create-project.ts';
import { defaultDemoFolder } from '#backend/folders.ts';
import { withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { described } from './project-show.ts';

export const projectCreate: Command = {
  words: ['project', 'create'],
  summary: 'Makes a project folder, empty or with the demo (prompts, a small model, pairs to judge).',
  usage: 'PATH [--demo]',
  example: 'project create ~/front-desk.plumbline --demo',
  positionals: ['PATH'],
  options: { demo: { type: 'boolean' } },
  optionHelp: { demo: 'fill it with the demo project' },
  run: ({ positionals, values }) => {
    const folder = createProjectFolder(positionals.PATH ?? '', values.demo === true ? defaultDemoFolder() : null);
    return withProject(folder, async (app) => described(app));
  },
};
