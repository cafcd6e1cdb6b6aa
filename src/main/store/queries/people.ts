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
  const all = connection.prepare<undefined, PersonRow>(`SELECT ${columns} FROM people ORDER BY created_at, id`);
  const byInvite = connection.prepare<{ inviteHash: string }, PersonRow>(
    `SELECT ${columns} FROM people WHERE invite_hash = @inviteHash AND revoked_at IS NULL`,
  );
  const setInvite = connection.prepare<{ id: string; inviteHash: string | null; revokedAt: number | null }>(
    'UPDATE people SET invite_hash = @inviteHash, revoked_at = @revokedAt WHERE id = @id',
  );
  const setRole = connection.prepare<{ id: string; role: Role }>('UPDATE people SET role = @role WHERE id = @id');
  const working = connection.prepare<undefined, { count: number }>(
    // Those who can label: the owner, and whoever holds an invite that was not revoked.
    "SELECT count(*) AS count FROM people WHERE kind = 'person' AND (role = 'owner' OR (invite_hash IS NOT NULL AND revoked_at IS NULL))",
  );
  return {
    insert: (row: PersonRow) => insert.run(row),
    get: (id: string) => get.get({ id }),
    /** The person at this machine. */
    owner: () => owner.get(),
    ofKind: (kind: PersonKind) => ofKind.all({ kind }),
    named: (kind: PersonKind, name: string) => named.get({ kind, name }),
    /** In the order they came. */
    all: () => all.all(),
    /** Whom an invite that was not revoked lets in. */
    byInvite: (inviteHash: string) => byInvite.get({ inviteHash }),
    setInvite: (id: string, inviteHash: string | null, revokedAt: number | null) => setInvite.run({ id, inviteHash, revokedAt }),
    setRole: (id: string, role: Role) => setRole.run({ id, role }),
    /** How many people can label now. */
    working: () => working.get()?.count ?? 0,
    rename: (id: string, name: string) => rename.run({ id, name }),
    /** Switches all of a person's judgments in or out of every count, split and training set. */
    enable: (id: string, on: boolean) => enable.run({ id, enabled: on ? 1 : 0 }),
  };
}
