import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createProjectFolder } from '#backend/create-project.ts';
import { ownerOf } from '#backend/people.ts';
import { openStore, type Store } from '#store/store.ts';
import { writeDemoFolder } from './demo-folder.ts';
import { temporaryFolder } from './temporary.ts';

interface Opened {
  store: Store;
  owner: string;
  folder: string;
}

/** A fresh project on disk, filled from a small demo folder, closed when the test ends. */
export function openDemoProject(size: { pairs?: number; simulated?: number } = {}): Opened {
  const temporary = temporaryFolder();
  return openNew(join(temporary, 'test'), writeDemoFolder(join(temporary, 'demo'), size));
}

/** A fresh project with nothing in it but its owner. */
export function openEmptyProject(): Opened {
  return openNew(join(temporaryFolder(), 'test'), null);
}

function openNew(path: string, demo: string | null): Opened {
  const folder = createProjectFolder(path, demo);
  const store = openStore(folder);
  onTestFinished(() => store.close());
  return { store, owner: ownerOf(store).id, folder };
}
