import { z } from 'zod';

/** A folder that is there, or the place of something that is to be made. */
export const pathKind = z.enum(['folder', 'new']);
export type PathKind = z.infer<typeof pathKind>;

/** What the desktop host lends its page as `window.plumbline` (spec/desktop.md): a sandboxed page does all else by fetch on its own origin. */
export interface Bridge {
  host: 'desktop';
  platform: string;
  /** The system's own dialog. → a whole path, or null when it was left */
  choosePath(kind: PathKind): Promise<string | null>;
  /** Calls `listener` with a path of the app when the menu goes there. */
  onGo(listener: (path: string) => void): void;
}
