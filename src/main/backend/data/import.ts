import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { z } from 'zod';
import type { ImportResult, importInput, RejectedRow } from '#shared/api/data.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';
import { textOf } from '../messages.ts';
import type { ImportedRow } from './formats/row.ts';
import { layoutOf, rowsOf } from './read.ts';
import { type Insertion, insertRow } from './rows.ts';
import type { Upload } from './uploads.ts';

type Input = z.output<typeof importInput>;

/**
 * Imports a file: reads and checks all of it first, then writes it in one transaction, so that a broken file leaves nothing behind.
 * Every row is accounted for: rows = accepted + rejected + duplicates skipped.
 * @throws PlainError for a file that cannot be read at all or has no row to import
 */
export async function importFile(store: Store, upload: Upload, input: Input, onProgress: (rows: number) => void): Promise<ImportResult> {
  const { map } = await layoutOf(upload, input.format, input.map);
  const rows: { line: number; row: ImportedRow }[] = [];
  const rejected: RejectedRow[] = [];
  for await (const read of rowsOf(upload, input.format, map)) {
    if ('rejected' in read) rejected.push(read.rejected);
    else rows.push(read);
    if ((rows.length + rejected.length) % 500 === 0) onProgress(rows.length + rejected.length);
  }
  if (rows.length === 0) {
    const [first] = rejected;
    const why = first ? ` Line ${first.line}: ${first.reason}.` : '';
    throw new PlainError(
      'bad_input',
      `${upload.fileName} has no row that can be imported.${why} Check its format and its columns; nothing was imported.`,
    );
  }
  const fileHash = await hashOf(upload.path);
  const importId = newId('imp');
  return store.transaction(() => {
    const counts = { rows: rows.length + rejected.length, accepted: 0, duplicates: 0, rejected: rejected.length };
    let repeated = 0;
    const policy = { map, duplicates: input.duplicates, judgedBy: input.judgedBy, judgeName: input.judgeName };
    store.imports.insert({
      id: importId,
      fileName: upload.fileName,
      fileHash,
      format: input.format,
      policy,
      ...counts,
      rejectedRows: rejected,
      createdAt: Date.now(),
    });
    const insertion: Insertion = {
      store,
      importId,
      source: upload.fileName,
      keepDuplicates: input.duplicates === 'keep',
      at: Date.now(),
      firstLines: new Map(),
      judge: rows.some(({ row }) => row.preference !== null) ? judgeOf(store, input) : null,
    };
    for (const { line, row } of rows) {
      const outcome = insertRow(insertion, row, line);
      if (outcome === 'added') counts.accepted += 1;
      else if (typeof outcome === 'object') rejected.push({ line, reason: outcome.contradicts, text: textOf(row.prompt).slice(0, 200) });
      else counts.duplicates += 1;
      if (outcome === 'repeated') repeated += 1;
    }
    rejected.sort((one, other) => one.line - other.line);
    counts.rejected = rejected.length;
    store.imports.finish({ id: importId, ...counts, rejectedRows: rejected });
    return {
      importId,
      format: input.format,
      rows: counts.rows,
      accepted: counts.accepted,
      rejected,
      duplicates: counts.duplicates,
      repeated,
    };
  });
}

/** The person, or the model, in whose name a file's preferences are kept; the same name comes back for the next file. */
function judgeOf(store: Store, input: Input): NonNullable<Insertion['judge']> {
  const kind = input.judgedBy;
  const name = input.judgeName.trim() || 'Imported';
  const known = store.people.named(kind, name);
  if (known && known.role === 'annotator') return { id: known.id, kind, name };
  const id = newId('per');
  store.people.insert({ id, kind, name, role: 'annotator', enabled: 1, inviteHash: null, revokedAt: null, createdAt: Date.now() });
  return { id, kind, name };
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
