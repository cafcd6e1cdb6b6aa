import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from './files.ts';

const entries = z.array(z.object({ path: z.string(), name: z.string(), openedAt: z.number() }));
export type RecentProject = z.infer<typeof entries>[number];

const kept = 20;

/** The projects opened on this machine, newest first; those that have been moved away are left out. */
export function recentProjects(dataFolder: string): RecentProject[] {
  return read(dataFolder).filter(({ path }) => existsSync(join(path, 'project.db')));
}

export function rememberProject(dataFolder: string, project: { path: string; name: string }): void {
  const others = read(dataFolder).filter(({ path }) => path !== project.path);
  writeWhole(file(dataFolder), JSON.stringify([{ ...project, openedAt: Date.now() }, ...others].slice(0, kept), null, 2));
}

const file = (dataFolder: string) => join(dataFolder, 'recent.json');

function read(dataFolder: string): RecentProject[] {
  try {
    return entries.parse(JSON.parse(readFileSync(file(dataFolder), 'utf8')));
  } catch {
    // Missing or unreadable: only a convenience is lost, and the next project opened writes it anew.
    return [];
  }
}
