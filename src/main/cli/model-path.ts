import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkpointNamed, withProject } from './app.ts';
import type { OptionValues } from './command.ts';
import { required, text } from './values.ts';

/** Where `--model` lies: a path as it is, or a checkpoint of the project by name or id. @throws PlainError not_found */
export async function modelPath(values: OptionValues): Promise<string> {
  const model = required(values, 'model');
  const project = text(values, 'project');
  if (existsSync(model) || project === undefined) return resolve(model);
  return withProject(project, async (app) => {
    const id = checkpointNamed(app, model);
    const hash = app.compare.checkpoints().find((checkpoint) => checkpoint.id === id)?.hash ?? '';
    return join(app.project.summary(app.ownerId()).path, 'checkpoints', hash);
  });
}
