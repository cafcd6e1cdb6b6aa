import type { Store } from '#store/store.ts';

/** A pause longer than this ends a session of judging. */
const longestPause = 15 * 60_000;
/** Pace is said only once it rests on this many judgments. */
const fewest = 5;

interface Session {
  first: number;
  last: number;
  count: number;
}
export interface Pace {
  /** Judgments an hour over this session, or null while there are fewer than five. */
  pace: number | null;
  sessionSeconds: number;
}

/** How long each person has been judging without a long pause, and how fast. Read from the store once, then kept up by `judged`. */
export function createSessions(store: Store, now: () => number = Date.now) {
  const sessions = new Map<string, Session | null>();

  function current(personId: string): Session | null {
    let session = sessions.get(personId);
    if (session === undefined) {
      session = fromStore(personId);
      sessions.set(personId, session);
    }
    return session && now() - session.last <= longestPause ? session : null;
  }

  function fromStore(personId: string): Session | null {
    let session: Session | null = null;
    for (const { receivedAt, withdrawn } of store.judgments.newestTimes(personId)) {
      if (session && session.first - receivedAt > longestPause) break;
      session ??= { first: receivedAt, last: receivedAt, count: 0 };
      session.first = receivedAt;
      session.count += withdrawn ? -1 : 1;
    }
    return session;
  }

  return {
    /** A judgment (+1) or a withdrawal (−1) that has just been stored. */
    judged(personId: string, at: number, change: 1 | -1): void {
      const session = current(personId);
      if (session) {
        session.last = at;
        session.count += change;
      } else sessions.set(personId, { first: at, last: at, count: Math.max(change, 0) });
    },
    pace(personId: string): Pace {
      const session = current(personId);
      if (!session) return { pace: null, sessionSeconds: 0 };
      const hours = (session.last - session.first) / 3_600_000;
      return {
        pace: session.count >= fewest && hours > 0 ? (session.count - 1) / hours : null,
        sessionSeconds: Math.round((now() - session.first) / 1000),
      };
    },
  };
}
