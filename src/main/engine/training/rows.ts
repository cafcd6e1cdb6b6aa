import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { PlainError } from '#shared/errors.ts';

/** Rows of a JSON-lines file that the backend wrote for this job. Throws PlainError `bad_input` with the line number of the first bad one, `not_found` without the file. */
export function readRows<Row>(path: string, schema: z.ZodType<Row>): Row[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new PlainError('not_found', `The data of this run is not at ${path} any more. Start a new run.`, { cause });
  }
  const rows: Row[] = [];
  text.split('\n').forEach((line, index) => {
    if (line.trim() === '') return;
    const parsed = schema.safeParse(parseJson(line));
    if (!parsed.success)
      throw new PlainError('bad_input', `Line ${index + 1} of ${path} cannot be used. Start a new run, which writes its data afresh.`);
    rows.push(parsed.data);
  });
  return rows;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
