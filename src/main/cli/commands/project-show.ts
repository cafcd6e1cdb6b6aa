import type { App } from '#shared/api/app.ts';
import { withProject } from '../app.ts';
import type { Command, CommandOutput } from '../command.ts';

/** What `project create` and `project show` say of a project. */
export function described(app: App): CommandOutput {
  const { path, name, counts, simulatedSet } = app.project.summary(app.ownerId());
  const simulated = simulatedSet?.on
    ? ` (and ${counts.simulatedJudgments} simulated)`
    : simulatedSet
      ? ` (${simulatedSet.available} simulated ones are switched out: project set ${JSON.stringify(path)} --simulated on)`
      : '';
  return {
    json: {
      path,
      name,
      counts: {
        prompts: counts.prompts,
        comparisons: counts.comparisons,
        judgments: counts.judgments,
        checkpoints: counts.checkpoints,
        runs: counts.runs,
        simulatedJudgments: counts.simulatedJudgments,
        waiting: counts.waiting,
      },
      simulatedSet,
    },
    text: [
      `${name}  ${path}`,
      `  ${counts.prompts} prompts, ${counts.heldOutPrompts} of them held out`,
      `  ${counts.comparisons} comparisons, ${counts.waiting} waiting for you`,
      `  ${counts.judgments} judgments${simulated}`,
      `  ${counts.checkpoints} checkpoints, ${counts.runs} runs`,
    ].join('\n'),
  };
}

export const projectShow: Command = {
  words: ['project', 'show'],
  summary: 'What a project holds.',
  usage: 'PATH',
  example: 'project show ~/front-desk.plumbline --json',
  positionals: ['PATH'],
  options: {},
  optionHelp: {},
  run: ({ positionals }) => withProject(positionals.PATH ?? '', async (app) => described(app)),
};
