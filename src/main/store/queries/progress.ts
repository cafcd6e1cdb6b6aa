import type { Connection } from '../connection.ts';

export interface Tally {
  judged: number;
  setAside: number;
}

/** Running counts that the store keeps by itself (migration 006). */
export function createProgressQueries(connection: Connection) {
  const ofPerson = connection.prepare<{ personId: string; queue: string }, Tally>(
    'SELECT judged, set_aside AS setAside FROM progress WHERE person_id = @personId AND queue = @queue',
  );
  const queue = connection.prepare<{ queue: string }, { queued: number }>('SELECT queued FROM queues WHERE queue = @queue');
  return {
    /** How many of a queue this person has judged or set aside. */
    ofPerson: (personId: string, queueKey: string): Tally => ofPerson.get({ personId, queue: queueKey }) ?? { judged: 0, setAside: 0 },
    /** How many of a queue are handed out to people. */
    queued: (queueKey: string) => queue.get({ queue: queueKey })?.queued ?? 0,
  };
}
