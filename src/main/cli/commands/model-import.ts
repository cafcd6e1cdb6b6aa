import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { importModel } from '#shared/api/models.ts';
import { withProject } from '../app.ts';
import { type Command, UsageError } from '../command.ts';
import { followTransfer } from '../follow-transfer.ts';
import { choice, required, text } from '../values.ts';

export const modelImport: Command = {
  words: ['model', 'import'],
  summary: 'Takes a model into a project: a Hugging Face folder, a GGUF file, or a repository of the Hub.',
  usage: 'PATH_OR_REPO --project P [--name NAME] [--kind base|sft] [--revision REV]',
  example: 'model import smollm2-135m-instruct.q4_1.gguf --project helpful.plumbline --kind sft',
  positionals: ['PATH_OR_REPO'],
  options: {
    project: { type: 'string', short: 'p' },
    name: { type: 'string' },
    kind: { type: 'string' },
    revision: { type: 'string' },
  },
  optionHelp: {
    project: 'the project folder',
    name: 'what it is called in the project; as it calls itself by default',
    kind: 'base (the default), or sft for a model that follows instructions already',
    revision: 'branch, tag or commit of a repository; main by default',
  },
  async run({ positionals, values, progress, signal }) {
    const from = positionals.PATH_OR_REPO ?? '';
    const isPath = existsSync(from) || !/^[\w.-]+\/[\w.-]+$/.test(from);
    const input = importModel.safeParse({
      place: isPath ? { kind: 'path', path: resolve(from) } : { kind: 'hub', repository: from, revision: text(values, 'revision') },
      name: text(values, 'name') ?? null,
      kind: choice(values, 'kind', ['base', 'sft']),
    });
    if (!input.success) throw new UsageError(input.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}.`).join(' '));
    return withProject(required(values, 'project'), async (app) => {
      const { transfer } = app.models.import(input.data);
      const { checkpoint } = await followTransfer(app, transfer, progress, signal);
      const view = app.compare.checkpoints().find(({ id }) => id === checkpoint?.id)!;
      const { architecture, license } = app.models.origin(view.id);
      return {
        json: { checkpoint: view.id, architecture, parameters: view.parameters, name: view.name, license, bytes: view.bytes },
        text: `${view.name} (${view.id}): ${architecture}, ${view.parameters.toLocaleString('en-US')} parameters, ${Math.round(view.bytes / 2 ** 20)} MiB${license ? `, ${license}` : ''}.`,
      };
    });
  },
};
