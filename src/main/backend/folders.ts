import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PlainError } from '#shared/errors.ts';

/** Where the app keeps what is not a project of the person's own choosing: the platform's place for it, or `PLUMBLINE_DATA`. */
export function defaultDataFolder(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  if (environment.PLUMBLINE_DATA) return environment.PLUMBLINE_DATA;
  if (platform === 'win32') return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Plumbline');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Plumbline');
  return join(environment.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'plumbline');
}

/** The demo that ships with the app; `PLUMBLINE_DEMO` names another (tests, and the line's simulated judgments). */
export function defaultDemoFolder(): string {
  return process.env.PLUMBLINE_DEMO ?? fileURLToPath(new URL('../../../resources/demo', import.meta.url));
}

/** Where files wait to be imported; made if it is not there. */
export function uploadsFolder(dataFolder: string): string {
  const folder = join(dataFolder, 'uploads');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** A folder that a person typed into a page, where there is no folder that one is "in": `~` is their home, and anything else must be whole. @throws PlainError bad_input */
export function typedFolder(text: string): string {
  const path = /^~(?=$|[\\/])/.test(text) ? join(homedir(), text.slice(1)) : text;
  if (!isAbsolute(path))
    throw new PlainError(
      'bad_input',
      `“${text}” does not say where it is. Give the whole path, such as ${join(homedir(), 'Plumbline', text)}.`,
    );
  return path;
}
