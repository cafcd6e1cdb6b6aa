import { existsSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { version } from '#shared/version.ts';
import { createStore, projectFolder } from '#store/store.ts';
import { fillDemo } from './demo.ts';
import { addOwner } from './people.ts';

/**
 * Makes a project whole under a temporary name beside `path`, then renames it: a project that is there is complete. Returns its folder.
 * @param demo folder to fill it from, or null for an empty project
 * @throws PlainError conflict when something is there already, no_space, bad_input
 */
export function createProjectFolder(path: string, demo: string | null): string {
  const folder = projectFolder(path);
  if (existsSync(folder)) throw new PlainError('conflict', `${folder} is there already. Open it, or choose another name.`);
  checkParent(folder);
  const partial = `${folder.slice(0, -'.plumbline'.length)}.partial-${process.pid}.plumbline`;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    rmSync(partial, { recursive: true, force: true });
    const store = createStore(partial);
    try {
      store.transaction(() => {
        store.project.insert({ id: newId('prj'), demo: demo === null ? 0 : 1, createdAt: Date.now(), createdBy: version });
        addOwner(store, nameOfUser());
      });
      if (demo !== null) fillDemo(store, demo);
    } finally {
      store.close();
    }
    renameSync(partial, folder);
    return folder;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new PlainError('no_space', `The disk that would hold ${folder} is full. Free some space, then create it again.`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Makes sure that a folder can be made here: `mkdir -p` into /proc never ends, and says nothing useful of a file in the way. @throws PlainError bad_input */
function checkParent(folder: string): void {
  let nearest = dirname(folder);
  while (!existsSync(nearest)) nearest = dirname(nearest);
  if (!statSync(nearest).isDirectory())
    throw new PlainError('bad_input', `${nearest} is a file, so no project can be made in it. Choose another folder.`);
  try {
    rmdirSync(mkdtempSync(join(nearest, '.plumbline-')));
  } catch (error) {
    throw new PlainError('bad_input', `${nearest} is not yours to write to. Choose another folder for ${basename(folder)}.`, {
      cause: error,
    });
  }
}

/** How the person is called until they say otherwise. */
function nameOfUser(): string {
  try {
    const { username } = userInfo();
    return username === 'root' || username === '' ? 'You' : username;
  } catch {
    return 'You'; // an account without an entry in the user database
  }
}
