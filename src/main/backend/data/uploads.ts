import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';

export interface Upload {
  path: string;
  fileName: string;
  bytes: number;
}

/** The file that POST /files/uploads answered `id` for. @throws PlainError when it is gone */
export function findUpload(uploadsFolder: string, id: string): Upload {
  const folder = join(uploadsFolder, id);
  // An id is one folder name of our own making; anything else would be a path.
  const fileName = /^[\w-]+$/.test(id) && existsSync(folder) ? readdirSync(folder)[0] : undefined;
  if (fileName === undefined) throw new PlainError('not_found', 'The file is no longer here. Choose it again.');
  const path = join(folder, fileName);
  return { path, fileName, bytes: statSync(path).size };
}
