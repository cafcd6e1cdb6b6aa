import type { FieldMap, ImportFormat, RejectedRow } from '#shared/api/data.ts';
import { PlainError } from '#shared/errors.ts';
import type { Fields } from './formats/fields.ts';
import { guessMap, readRow, recognize } from './formats/index.ts';
import type { ImportedRow } from './formats/row.ts';
import { containerOf, recordsOf } from './records.ts';
import type { Upload } from './uploads.ts';

/** What a file is, by its first rows. */
export interface Layout {
  format: ImportFormat | null;
  columns: string[];
  map: FieldMap;
}

export type FileRow = { line: number; row: ImportedRow } | { rejected: RejectedRow };

const rowsLookedAt = 50;

/**
 * Recognizes the format, unless one is given, and completes the mapping with what the columns' names say.
 * @throws PlainError for a file without one row that can be read
 */
export async function layoutOf(upload: Upload, format: ImportFormat | null, map: FieldMap): Promise<Layout> {
  const container = await containerOf(upload.path, upload.fileName);
  const first: Fields[] = [];
  let unread: RejectedRow | null = null;
  for await (const record of recordsOf(upload.path, container)) {
    if ('fields' in record) first.push(record.fields);
    else unread ??= record;
    if (first.length >= rowsLookedAt) break;
  }
  if (first.length === 0 && format === null) {
    const why = unread ? `line ${unread.line}: ${unread.reason}` : 'below its header stands nothing';
    throw new PlainError(
      'bad_input',
      `${upload.fileName} has no row that can be read (${why}). Mend it and import it again; nothing was imported.`,
    );
  }
  const columns = [...new Set(first.flatMap((fields) => Object.keys(fields)))];
  return { format: format ?? recognize(container, first), columns, map: { ...guessMap(columns), ...map } };
}

/** Every row of the file, in order: read, or rejected with its line and reason. */
export async function* rowsOf(upload: Upload, format: ImportFormat, map: FieldMap): AsyncGenerator<FileRow> {
  const container = await containerOf(upload.path, upload.fileName);
  if (container !== 'jsonl' && format !== 'csv') {
    throw new PlainError('bad_input', `${upload.fileName} is a table: import it as CSV and say which column holds what.`);
  }
  for await (const record of recordsOf(upload.path, container)) {
    const reading = 'fields' in record ? readRow(format, record.fields, map) : record;
    if ('reason' in reading) yield { rejected: { line: record.line, reason: reading.reason, text: record.text } };
    else yield { line: record.line, row: reading.row };
  }
}
