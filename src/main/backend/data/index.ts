import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DataApi } from '#shared/api/data.ts';
import type { BackendContext } from '../context.ts';
import { exportFile, previewExport } from './export.ts';
import { importFile } from './import.ts';
import { inspect } from './inspect.ts';
import { list } from './list.ts';
import { findUpload } from './uploads.ts';

/** Data in and out: files of prompts, pairs and preferences, exports, and the tables of the Data screen. */
export function createData({ store, uploadsFolder }: Pick<BackendContext, 'store' | 'uploadsFolder'>): DataApi {
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
    list: (input, viewer) => list(store, input, viewer),
  };
}
