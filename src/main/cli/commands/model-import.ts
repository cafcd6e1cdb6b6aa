import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { importModel } from '#shared/api/models.ts';
import { readHubName } from '#shared/hub-name.ts';
import { withProject } from '../app.ts';
import { type Command, UsageError } from '../command.ts';
import { followTransfer } from '../follow-transfer.ts';
import { choice, required, text } from '../values.ts';

export const modelImport: Command = {
  words: ['model', 'import'],
  summary:
    'Takes a model into a project: a Hugging Face folder, a GGUF file, or a repository of the Hub (OWNER/NAME, OWNER/NAME@REVISION, OWNER/NAME/FILE.gguf, or its address).',
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
    const named = isPath(from) ? null : readHubName(from);
    const revision = text(values, 'revision') ?? named?.revision ?? undefined;
    const input = importModel.safeParse({
      place: named
        ? { kind: 'hub', repository: named.repository, revision, file: named.file ?? undefined }
        : { kind: 'path', path: resolve(from) },
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

/** Something that is here, or a file that would be, beside others of its folder. */
function isPath(from: string): boolean {
  return existsSync(from) || (/\.gguf$/i.test(from) && existsSync(dirname(from)));
}
