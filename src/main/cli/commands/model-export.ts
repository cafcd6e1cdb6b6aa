import { resolve } from 'node:path';
import { exportModel } from '#shared/api/models.ts';
import { exportFormat, exportStorage } from '#shared/model-jobs.ts';
import { checkpointNamed, withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { followTransfer } from '../follow-transfer.ts';
import { choice, required } from '../values.ts';

export const modelExport: Command = {
  words: ['model', 'export'],
  summary: 'Writes a checkpoint for other programs: transformers, PEFT, llama.cpp and its kin.',
  usage: 'CHECKPOINT OUT --format hf|peft|gguf --project P [--storage as-is|F32|F16|BF16|Q8_0]',
  example: 'model export ppo-2 ./ppo-2.gguf --format gguf --storage Q8_0 --project helpful.plumbline',
  positionals: ['CHECKPOINT', 'OUT'],
  options: {
    project: { type: 'string', short: 'p' },
    format: { type: 'string' },
    storage: { type: 'string' },
  },
  optionHelp: {
    project: 'the project folder',
    format: 'hf: a folder for transformers, adapters merged; peft: an adapter’s folder; gguf: one file for llama.cpp',
    storage: 'how weights are stored; as-is, the default, keeps them as they are in a folder and writes F16 in GGUF',
  },
  run({ positionals, values, progress, signal }) {
    required(values, 'format');
    const format = choice(values, 'format', exportFormat.options)!;
    const storage = choice(values, 'storage', exportStorage.options);
    return withProject(required(values, 'project'), async (app) => {
      const checkpoint = checkpointNamed(app, positionals.CHECKPOINT ?? '');
      const { transfer } = app.models.export(exportModel.parse({ checkpoint, out: resolve(positionals.OUT ?? ''), format, storage }));
      const { path } = await followTransfer(app, transfer, progress, signal);
      const view = app.compare.checkpoints().find(({ id }) => id === checkpoint)!;
      return {
        json: { checkpoint, architecture: app.models.origin(checkpoint).architecture, parameters: view.parameters, format, path },
        text: `${view.name} is written to ${path}.`,
      };
    });
  },
};
