import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { type CheckpointManifest, checkpointManifest } from '#shared/jobs.ts';

/**
 * What Plumbline wrote about a checkpoint beside it. A folder without plumbline.json is a base model from elsewhere.
 * @throws PlainError damaged
 */
export function manifestOf(folder: string): CheckpointManifest {
  const path = join(folder, 'plumbline.json');
  if (!existsSync(path)) return { format: 1, kind: 'base', reward: null };
  try {
    return checkpointManifest.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new PlainError('damaged', `${path} is not what Plumbline writes beside a checkpoint. Copy the checkpoint again.`, {
      cause: error,
    });
  }
}
