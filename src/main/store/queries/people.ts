import type { PersonKind, Role } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface PersonRow {
  id: string;
  kind: PersonKind;
  name: string;
  role: Role;
  /** 0: this person's judgments count nowhere. */
  enabled: 0 | 1;
  inviteHash: string | null;
  revokedAt: number | null;
  createdAt: number;
}

const columns = 'id, kind, name, role, enabled, invite_hash AS inviteHash, revoked_at AS revokedAt, created_at AS createdAt';

export function createPeopleQueries(connection: Connection) {
  const insert = connection.prepare<PersonRow>(
    `INSERT INTO people (id, kind, name, role, enabled, invite_hash, revoked_at, created_at)
     VALUES (@id, @kind, @name, @role, @enabled, @inviteHash, @revokedAt, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, PersonRow>(`SELECT ${columns} FROM people WHERE id = @id`);
  const owner = connection.prepare<undefined, PersonRow>(`SELECT ${columns} FROM people WHERE role = 'owner'`);
  const ofKind = connection.prepare<{ kind: PersonKind }, PersonRow>(`SELECT ${columns} FROM people WHERE kind = @kind ORDER BY id`);
  const named = connection.prepare<{ kind: PersonKind; name: string }, PersonRow>(
    `SELECT ${columns} FROM people WHERE kind = @kind AND name = @name ORDER BY id LIMIT 1`,
  );
  const rename = connection.prepare<{ id: string; name: string }>('UPDATE people SET name = @name WHERE id = @id');
  const enable = connection.prepare<{ id: string; enabled: 0 | 1 }>('UPDATE people SET enabled = @enabled WHERE id = @id');
  return {
    insert: (row: PersonRow) => insert.run(row),
    get: (id: string) => get.get({ id }),
    /** The person at this machine. */
    owner: () => owner.get(),
    ofKind: (kind: PersonKind) => ofKind.all({ kind }),
    named: (kind: PersonKind, name: string) => named.get({ kind, name }),
    rename: (id: string, name: string) => rename.run({ id, name }),
    /** Switches all of a person's judgments in or out of every count, split and training set. */
    enable: (id: string, on: boolean) => enable.run({ id, enabled: on ? 1 : 0 }),
  };
}
