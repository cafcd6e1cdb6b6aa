import { resolve } from 'node:path';
import { exportFormat, exportInput } from '#shared/api/data.ts';
import { withProject } from '../app.ts';
import type { Command } from '../command.ts';
import { choice, required } from '../values.ts';

export const dataExport: Command = {
  words: ['data', 'export'],
  summary: 'Writes judgments or prompts to a file for other trainers.',
  usage: 'OUT --project P --format F [--ties drop|half|error] [--split train|held-out|all] [--include-simulated]',
  example: 'data export preferences.jsonl --project front-desk.plumbline --format trl',
  positionals: ['OUT'],
  options: {
    project: { type: 'string', short: 'p' },
    format: { type: 'string' },
    ties: { type: 'string' },
    split: { type: 'string' },
    'include-simulated': { type: 'boolean' },
  },
  optionHelp: {
    project: 'the project folder',
    format: `one of ${exportFormat.options.join(', ')}; judgments has each with all that is known of it`,
    ties: 'drop them (the default), write each as half, or refuse to export any',
    split: 'which prompts; all by default',
    'include-simulated': 'also simulated judgments, which are left out otherwise',
  },
  run: ({ positionals, values }) => {
    const out = resolve(positionals.OUT ?? '');
    const input = exportInput.parse({
      format: choice(values, 'format', exportFormat.options) ?? required(values, 'format'),
      ties: choice(values, 'ties', ['drop', 'half', 'error']),
      split: choice(values, 'split', ['train', 'held_out', 'all']),
      includeSimulated: values['include-simulated'] === true,
    });
    return withProject(required(values, 'project'), async (app) => {
      const { rows, dropped } = app.data.export(out, input);
      return {
        json: { format: input.format, rows, dropped },
        text: `${rows} ${rows === 1 ? 'row' : 'rows'} written to ${out}. Left out: ${dropped.ties} ${dropped.ties === 1 ? 'tie' : 'ties'}, ${dropped.bothBad} both bad, ${dropped.disagreement} where people disagreed.`,
      };
    });
  },
};
