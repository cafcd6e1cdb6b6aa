import type { Page } from 'playwright-core';
import { call } from './rpc.ts';

/** Sends rows as a file of JSON lines to the app; answers with the id of the upload, which /data/import/ID shows. */
export async function uploadRows(page: Page, rows: readonly object[]): Promise<string> {
  return page.evaluate(
    async (body) => {
      const response = await fetch('/files/uploads?name=rows.jsonl', { method: 'POST', body });
      return ((await response.json()) as { file: string }).file;
    },
    rows.map((row) => JSON.stringify(row)).join('\n'),
  );
}

/** Imports rows by the project's own importer. */
export async function importRows(page: Page, rows: readonly object[], format: string): Promise<void> {
  await call(page, 'data.import', { file: await uploadRows(page, rows), format });
}
