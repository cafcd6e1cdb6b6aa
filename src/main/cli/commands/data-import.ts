import { resolve } from 'node:path';
import { fieldMap, importFormat } from '#shared/api/data.ts';
import { PlainError } from '#shared/errors.ts';
import { stageUpload, withProject } from '../app.ts';
import { type Command, UsageError } from '../command.ts';
import { assignments, choice, many, required, text } from '../values.ts';

/** Rejected rows that a terminal gets; `--json` has all. */
const shownRejections = 10;

export const dataImport: Command = {
  words: ['data', 'import'],
  summary: 'Reads prompts, pairs or preferences from a file, all of it or nothing.',
  usage: 'FILE --project P [--format F] [--map FIELD=COLUMN …] [--duplicates skip|keep] [--judged-by person|model] [--judge NAME]',
  example: 'data import pairs.jsonl --project front-desk.plumbline --judged-by model --judge GPT-4',
  positionals: ['FILE'],
  options: {
    project: { type: 'string', short: 'p' },
    format: { type: 'string' },
    map: { type: 'string', multiple: true },
    duplicates: { type: 'string' },
    'judged-by': { type: 'string' },
    judge: { type: 'string' },
  },
  optionHelp: {
    project: 'the project folder',
    format: `one of ${importFormat.options.join(', ')}; recognized from the file by default`,
    map: 'which column holds a field, as in prompt=question; may be given many times',
    duplicates: 'skip rows that the project already has (the default), or keep them',
    'judged-by': 'whose the preferences of the file are; a model’s are kept apart from people’s',
    judge: 'a name for whoever judged',
  },
  async run({ positionals, values, progress }) {
    const file = resolve(positionals.FILE ?? '');
    const given = choice(values, 'format', importFormat.options);
    const mapped = fieldMap.safeParse(assignments(many(values, 'map'), 'map'));
    if (!mapped.success) throw new UsageError('--map knows the fields of `data import --help` only, each with one column name.');
    return withProject(required(values, 'project'), async (app) => {
      const upload = stageUpload(app, file);
      const inspection = await app.data.inspect({ file: upload, format: given ?? null, map: mapped.data });
      const format = given ?? inspection.format;
      if (!format) {
        throw new PlainError(
          'bad_input',
          `${file} has no format that Plumbline knows (its columns: ${inspection.columns.join(', ') || 'none'}). Say which with --format, and which column is what with --map.`,
        );
      }
      const result = await app.data.import(
        {
          file: upload,
          format,
          map: { ...inspection.map, ...mapped.data },
          duplicates: choice(values, 'duplicates', ['skip', 'keep']) ?? 'skip',
          judgedBy: choice(values, 'judged-by', ['person', 'model']) ?? 'person',
          judgeName: text(values, 'judge') ?? 'Imported',
        },
        (rows) => progress(`${rows} rows read`),
      );
      const rejected = result.rejected.map(({ line, reason }) => ({ line, reason }));
      return {
        json: {
          format: result.format,
          rows: result.rows,
          accepted: result.accepted,
          rejected,
          duplicates: result.duplicates,
          repeated: result.repeated,
        },
        text: [
          `${result.accepted} of ${result.rows} rows imported as ${result.format}; ${result.duplicates - result.repeated} were there already, ${result.repeated} stand twice in the file, ${rejected.length} rejected.`,
          ...rejected.slice(0, shownRejections).map((row) => `  line ${row.line}: ${row.reason}`),
          ...(rejected.length > shownRejections ? [`  … and ${rejected.length - shownRejections} more (--json lists all)`] : []),
        ].join('\n'),
      };
    });
  },
};
