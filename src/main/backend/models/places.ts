import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelPlace } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import { findUpload } from '../data/uploads.ts';

/**
 * Where a model lies on this machine.
 * @throws PlainError not_found
 */
export function localPath(place: Exclude<ModelPlace, { kind: 'hub' }>, uploadsFolder: string): string {
  if (place.kind === 'upload') return findUpload(uploadsFolder, place.file).path;
  const path = resolve(place.path);
  if (!existsSync(path)) throw new PlainError('not_found', `There is no model at ${path}. Check the path and try again.`);
  return path;
}

/** @throws PlainError conflict when something is there, not_found when its folder is not */
export function requireFree(out: string): string {
  const path = resolve(out);
  if (existsSync(path)) throw new PlainError('conflict', `${path} is there already. Choose another name; nothing was overwritten.`);
  const parent = resolve(path, '..');
  if (!existsSync(parent) || !statSync(parent).isDirectory()) {
    throw new PlainError('not_found', `There is no folder ${parent} to write to. Make it first, or choose another.`);
  }
  return path;
}
