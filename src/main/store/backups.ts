import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Connection } from './connection.ts';

const day = 24 * 60 * 60_000;
/** Daily backups that are kept; those from before a change of layout are not counted, and never removed. */
const daysKept = 3;

const folderOf = (file: string) => join(dirname(file), 'backups');
const stampOf = (time: number) => new Date(time).toISOString().replaceAll(/[:.]/g, '-');

/** A consistent copy at `backups/layout-N-TIME.db` before the layout changes, complete by one rename. */
export function backUpLayout(connection: Connection, file: string, layout: number): void {
  mkdirSync(folderOf(file), { recursive: true });
  const copy = join(folderOf(file), `layout-${layout}-${stampOf(Date.now())}.db`);
  if (existsSync(copy)) return;
  connection.prepare<{ to: string }>('VACUUM INTO @to').run({ to: `${copy}.partial` });
  renameSync(`${copy}.partial`, copy);
}

/**
 * A copy at `backups/day-TIME.db` when the newest of these is a day old, page by page between whatever else is done; the three newest are kept. On a disk without room for
 * it none is made. Resolves with its path, or null when none was due or the project was closed before it was whole.
 */
export async function backUpDaily(connection: Connection, file: string, now = Date.now()): Promise<string | null> {
  const folder = folderOf(file);
  mkdirSync(folder, { recursive: true });
  const there = readdirSync(folder);
  // What a process that was killed left.
  for (const name of there) if (name.endsWith('.partial')) rmSync(join(folder, name), { force: true });
  const daily = there.filter((name) => /^day-.*\.db$/.test(name)).sort();
  const newest = daily.at(-1);
  if (newest !== undefined && newest > `day-${stampOf(now - day)}.db`) return null;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < 2 * statSync(file).size) return null;

  const copy = join(folder, `day-${stampOf(now)}.db`);
  try {
    await connection.copyTo(`${copy}.partial`);
    renameSync(`${copy}.partial`, copy);
  } catch {
    // Closed in the middle, or the disk is full after all: the project itself is untouched, and the next start tries again.
    rmSync(`${copy}.partial`, { force: true });
    return null;
  }
  for (const name of [...daily, `day-${stampOf(now)}.db`].slice(0, -daysKept)) rmSync(join(folder, name), { force: true });
  return copy;
}
