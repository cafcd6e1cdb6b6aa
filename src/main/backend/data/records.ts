import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { linesOf } from './lines.ts';

/** One row of a file: its fields, or why it has none. `text` is the beginning of what stands there. */
export type FileRecord = { line: number; text: string } & ({ fields: Record<string, unknown> } | { reason: string });

/** How the bytes of a file are laid out. */
export type Container = 'jsonl' | 'csv' | 'tsv';

/**
 * Looks at the first bytes and the name.
 * @throws PlainError for an empty file and for layouts that are not read, saying what to do.
 */
export async function containerOf(path: string, fileName: string): Promise<Container> {
  if ((await stat(path)).size === 0) throw new PlainError('bad_input', `${fileName} is empty. Choose a file with one row a line.`);
  const file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
  await file.close();
  const head = buffer.subarray(0, bytesRead);
  if (head[0] === 0x1f && head[1] === 0x8b)
    throw new PlainError('bad_input', `${fileName} is compressed (gzip). Unpack it and import the file inside.`);
  if (head.subarray(0, 2).toString() === 'PK')
    throw new PlainError('bad_input', `${fileName} is a zip archive. Unpack it and import a file inside.`);
  const extension = fileName.toLowerCase().split('.').at(-1);
  if (extension === 'csv') return 'csv';
  if (extension === 'tsv') return 'tsv';
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (text === '' && bytesRead < 4096)
    throw new PlainError('bad_input', `${fileName} holds only white space. Choose a file with one row a line.`);
  if (text.startsWith('[')) {
    throw new PlainError(
      'bad_input',
      `${fileName} is one JSON array. Plumbline reads JSON lines, one object a line: \`jq -c '.[]' ${fileName}\` makes them.`,
    );
  }
  return 'jsonl';
}

/** The rows of a file, in order, blank lines left out. */
export function recordsOf(path: string, container: Container): AsyncGenerator<FileRecord> {
  return container === 'jsonl' ? jsonLines(path) : separated(path, container);
}

async function* jsonLines(path: string): AsyncGenerator<FileRecord> {
  for await (const { number, text } of linesOf(path)) {
    if (text.trim() === '') continue;
    const head = { line: number, text: text.slice(0, 200) };
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) yield { ...head, fields: value as Record<string, unknown> };
      else yield { ...head, reason: 'the line is JSON, but not an object with keys' };
    } catch (error) {
      yield { ...head, reason: jsonReason(sentenceOf(error), text.length) };
    }
  }
}

function jsonReason(message: string, length: number): string {
  if (message.startsWith('Unterminated string')) return 'the line ends inside a string';
  const position = /position (\d+)/.exec(message)?.[1];
  if (message.startsWith('Unexpected end') || Number(position) >= length) return 'the line ends before its JSON does';
  return `the line is not JSON${position ? ` (column ${Number(position) + 1})` : ''}`;
}

async function* separated(path: string, container: 'csv' | 'tsv'): AsyncGenerator<FileRecord> {
  // Checks that every line is UTF-8 first: the parser would replace bad bytes without a word.
  let header: string | null = null;
  for await (const { text } of linesOf(path)) if (header === null && text.trim() !== '') header = text;
  const delimiter = container === 'tsv' ? '\t' : delimiterOf(header ?? '');
  /** Lines up to the end of the last whole row. */
  let whole = 0;
  const parser = createReadStream(path).pipe(
    parse({
      delimiter,
      columns: (names) => {
        whole = parser.info.lines;
        return names;
      },
      on_record: (record, { lines }) => {
        whole = lines;
        return record;
      },
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
      max_record_size: 64 * 1024 * 1024,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number; error?: CsvError };
    }>) {
      const head = { line: info.lines, text: Object.values(record).join(delimiter).slice(0, 200) };
      if (info.error) yield { ...head, reason: 'the row has more or fewer cells than the header' };
      else yield { ...head, fields: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const reason =
      error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? `a quote opens in the row that begins in line ${await lineAfter(path, whole)} and is never closed`
        : error.message;
    throw new PlainError('bad_input', `The table cannot be read: ${reason}. Mend it and import it again; nothing was imported.`, {
      cause: error,
    });
  }
}

/** What stands between the cells of a table by its header: in many languages a spreadsheet writes semicolons, and some tools write tabs. */
function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const times = (delimiter: string) => bare.split(delimiter).length;
  return [',', ';', '\t'].reduce((best, delimiter) => (times(delimiter) > times(best) ? delimiter : best));
}

/** The first line after `line` on which something stands. */
async function lineAfter(path: string, line: number): Promise<number> {
  for await (const { number, text } of linesOf(path)) if (number > line && text.trim() !== '') return number;
  return line;
}
