import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createProjectFolder } from '#backend/create-project.ts';
import { ownerOf } from '#backend/people.ts';
import { openStore, type Store } from '#store/store.ts';
import { writeDemoFolder } from './demo-folder.ts';
import { temporaryFolder } from './temporary.ts';

/** A fresh project on disk, filled from a small demo folder, closed when the test ends. */
export function openDemoProject(size: { pairs?: number; simulated?: number } = {}): { store: Store; owner: string; folder: string } {
  const temporary = temporaryFolder();
  const folder = createProjectFolder(join(temporary, 'test'), writeDemoFolder(join(temporary, 'demo'), size));
  const store = openStore(folder);
  onTestFinished(() => store.close());
  return { store, owner: ownerOf(store).id, folder };
}
