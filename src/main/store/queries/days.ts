import type { Connection } from '../connection.ts';

/** What a person judged on one day, UTC, and how long it took them (migration 011). */
export interface JudgedDay {
  personId: string;
  day: number;
  judged: number;
  milliseconds: number;
}

export function createDayQueries(connection: Connection) {
  const since = connection.prepare<{ day: number }, JudgedDay>(
    'SELECT person_id AS personId, day, judged, milliseconds FROM judged_days WHERE day >= @day',
  );
  return {
    /** From this day on. */
    since: (day: number) => since.all({ day }),
  };
}
