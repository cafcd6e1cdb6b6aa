import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DataApi } from '#shared/api/data.ts';
import { newId } from '#shared/ids.ts';
import type { BackendContext } from '../context.ts';
import { exportFile, previewExport } from './export.ts';
import { importFile } from './import.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { findUpload } from './uploads.ts';

/** Data in and out: files of prompts, pairs and preferences, exports, and the tables of the Data screen. */
export function createData({
  store,
  uploadsFolder,
  exportsFolder,
}: Pick<BackendContext, 'store' | 'uploadsFolder' | 'exportsFolder'>): DataApi {
  return {
    inspect: async (input) => inspect(findUpload(uploadsFolder, input.file), input.format, input.map),
    async import(input, onProgress = () => {}) {
      const upload = findUpload(uploadsFolder, input.file);
      const result = await importFile(store, upload, input, onProgress);
      rmSync(dirname(upload.path), { recursive: true, force: true });
      return result;
    },
    previewExport: (input) => previewExport(store, input),
    export: (path, input) => exportFile(store, path, input),
    exportToDownload(input) {
      const file = `${store.name}-${input.format}-${new Date().toISOString().slice(0, 10)}-${newId('').slice(-6)}.jsonl`;
      mkdirSync(exportsFolder, { recursive: true });
      return { ...exportFile(store, join(exportsFolder, file), input), file };
    },
    list: (input) => list(store, input),
  };
}
