import type { FieldMap, ImportFormat, Inspection } from '#shared/api/data.ts';
import { inLetters } from '#shared/ranking-letters.ts';
import type { ImportedRow } from './formats/row.ts';
import { layoutOf, rowsOf } from './read.ts';
import type { Upload } from './uploads.ts';

/** Rows that the page shows before anything is imported. */
const shownRows = 20;
/** Rejected rows that travel to the page; the count is of all. */
const shownRejected = 200;

/** Reads the whole file without keeping it: what it is, its first rows as they would be imported, and every row that would not be. */
export async function inspect(upload: Upload, wanted: ImportFormat | null, wantedMap: FieldMap): Promise<Inspection> {
  const { format, columns, map } = await layoutOf(upload, wanted, wantedMap);
  const inspection: Inspection = {
    fileName: upload.fileName,
    bytes: upload.bytes,
    format,
    columns,
    map,
    rows: [],
    rowCount: 0,
    acceptedCount: 0,
    preferences: { first: 0, second: 0, ties: 0, ranked: 0, none: 0 },
    rejected: [],
    rejectedCount: 0,
  };
  if (format === null) return inspection;
  for await (const read of rowsOf(upload, format, map)) {
    inspection.rowCount += 1;
    if ('rejected' in read) {
      inspection.rejectedCount += 1;
      if (inspection.rejected.length < shownRejected) inspection.rejected.push(read.rejected);
      continue;
    }
    inspection.acceptedCount += 1;
    const kind = preferenceKind(read.row);
    inspection.preferences[kind] += 1;
    if (inspection.rows.length < shownRows) {
      inspection.rows.push({
        line: read.line,
        prompt: read.row.prompt,
        responses: read.row.responses.map((response) => response.messages.map((message) => message.content).join('\n')),
        preference: kind === 'ranked' ? orderOf(read.row) : kind === 'none' ? null : kind,
      });
    }
  }
  return inspection;
}

function preferenceKind(row: ImportedRow): keyof Inspection['preferences'] {
  if (row.preference === null) return 'none';
  if (row.responses.length > 2) return 'ranked';
  const best = row.preference.ranking[0] ?? [];
  if (best.length > 1) return 'ties';
  return best[0] === 0 ? 'first' : 'second';
}

/** The whole order of more than two, in letters. */
function orderOf({ preference, responses }: ImportedRow): string {
  return inLetters(
    preference?.ranking ?? [],
    responses.map((_, place) => place),
  );
}
