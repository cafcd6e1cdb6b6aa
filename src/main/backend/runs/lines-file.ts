import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';

/** Characters that are gathered before they go to the file. */
const buffered = 1 << 20;

/** Writes one JSON object a line; the file appears whole (temporary name, fsync, rename). */
export function writeJsonLines(path: string, rows: Iterable<object>): void {
  const partial = `${path}.partial`;
  const file = openSync(partial, 'w');
  try {
    let text = '';
    for (const row of rows) {
      text += `${JSON.stringify(row)}\n`;
      if (text.length > buffered) {
        writeFileSync(file, text);
        text = '';
      }
    }
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}
