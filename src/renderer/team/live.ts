import { useEffect, useState } from 'react';
import type { TeamEvent } from '#shared/api/team.ts';
import { client } from '../app/client.ts';

/** Somebody whose last judgment is no older than this is judging now. */
const nowMilliseconds = 3 * 60_000;

/** The newest judgment of each person as it lands; `now` are those who are at it. */
export function useLiveTeam(): { latest: ReadonlyMap<string, TeamEvent>; now: TeamEvent[] } {
  const [latest, setLatest] = useState<ReadonlyMap<string, TeamEvent>>(new Map());
  const [time, setTime] = useState(Date.now);
  useEffect(() => {
    const subscription = client.team.events.subscribe(undefined, {
      onData: (event) => setLatest((before) => new Map(before).set(event.personId, event)),
    });
    const clock = setInterval(() => setTime(Date.now()), 30_000);
    return () => {
      subscription.unsubscribe();
      clearInterval(clock);
    };
  }, []);
  const now = [...latest.values()].filter(({ at }) => Math.max(time, at) - at < nowMilliseconds);
  return { latest, now };
}
