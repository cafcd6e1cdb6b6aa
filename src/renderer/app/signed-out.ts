import { type Role, role } from '#shared/domain.ts';

/** Where judgments wait that the store does not have yet: this, and whose they are. */
export const outboxPrefix = 'plumbline.outbox.';
const roleKey = 'plumbline.role';

/** Who works here, for when they are not let in any more and nobody else can say it. */
export function rememberRole(known: Role, storage: Pick<Storage, 'setItem'> = localStorage): void {
  try {
    storage.setItem(roleKey, known);
  } catch {
    // Storage is full or forbidden: the sentence below speaks to anybody then.
  }
}

/** What somebody who is not let in can do, and what of theirs waits meanwhile. */
export function signedOutSentence(storage: Pick<Storage, 'getItem' | 'length' | 'key'> = localStorage): string {
  const waiting = waitingIn(storage);
  const waits =
    waiting === 0
      ? ''
      : waiting === 1
        ? ' A judgment that you made here waits in this browser; it is saved once you are back.'
        : ` ${waiting} judgments that you made here wait in this browser; they are saved once you are back.`;
  return doorFor(role.safeParse(storage.getItem(roleKey)).data) + waits;
}

function doorFor(known: Role | undefined): string {
  if (known === undefined) return 'Open the link that Plumbline printed when it started, or ask whoever invited you for a new one.';
  if (known === 'owner') return 'Open the link that Plumbline printed when it started: it carries the key to this project.';
  return 'Your link to this project was renewed or taken back. Ask whoever invited you for a new link.';
}

function waitingIn(storage: Pick<Storage, 'getItem' | 'length' | 'key'>): number {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index)).filter((key) => key?.startsWith(outboxPrefix));
  return keys.map((key) => judgmentsIn(storage.getItem(key ?? ''))).reduce((sum, count) => sum + count, 0);
}

function judgmentsIn(stored: string | null): number {
  try {
    const entries: unknown = JSON.parse(stored ?? '[]');
    return Array.isArray(entries) ? entries.filter((entry) => entry?.kind === 'judge').length : 0;
  } catch {
    return 0; // half a write of a crashed page
  }
}
