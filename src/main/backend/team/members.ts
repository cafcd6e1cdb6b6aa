import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { invitePerson, setPersonRole, TeamApi, TeamMember } from '#shared/api/team.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { PersonRow } from '#store/queries/people.ts';
import type { Store } from '#store/store.ts';
import { personCalled } from '../people.ts';

type Members = Pick<TeamApi, 'members' | 'invite' | 'renewInvite' | 'revoke' | 'setRole' | 'invited'>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** What a browser keeps of an invite's token: enough to come back with, not the link itself. */
export function secretOf(token: string): string {
  return sha256(token);
}

/** People of a project and their invites. An invite's token is 256 random bits and shown once; the store holds the hash of its hash. */
export function createMembers(store: Store, changed: () => void): Members {
  function newInvite(id: string): string {
    const token = randomBytes(32).toString('base64url');
    store.people.setInvite(id, sha256(secretOf(token)), null);
    return token;
  }

  /** @throws PlainError when this is nobody who can be let in */
  function guest(personId: string): PersonRow {
    const person = store.people.get(personId);
    if (!person) throw new PlainError('not_found', 'This project knows nobody by that link. Reload the Team screen and choose again.');
    if (person.role === 'owner') throw new PlainError('conflict', `${person.name} owns this project and needs no invite.`);
    if (person.kind !== 'person')
      throw new PlainError('conflict', `${person.name} is ${person.kind === 'model' ? 'a model' : 'simulated'}; only people are invited.`);
    return person;
  }

  return {
    members: () =>
      store.people.all().map(
        (person): TeamMember => ({
          personId: person.id,
          name: person.name,
          kind: person.kind,
          role: person.role,
          access: accessOf(person),
          counts: person.enabled === 1,
          judged: store.judgments.countOfPerson(person.id),
          createdAt: person.createdAt,
        }),
      ),
    invite: ({ name, role }: z.output<typeof invitePerson>) =>
      store.transaction(() => {
        if (personCalled(store, name)) {
          throw new PlainError(
            'conflict',
            `${name} is in this project already. Renew their link, or give the new person a name that tells them apart.`,
          );
        }
        const id = newId('per');
        store.people.insert({ id, kind: 'person', name, role, enabled: 1, inviteHash: null, revokedAt: null, createdAt: Date.now() });
        changed();
        return { personId: id, token: newInvite(id) };
      }),
    renewInvite: (personId) => {
      guest(personId);
      const token = newInvite(personId);
      changed();
      return { token };
    },
    revoke: (personId) => {
      const { inviteHash } = guest(personId);
      store.transaction(() => {
        store.people.setInvite(personId, inviteHash, Date.now());
        // What they hold unjudged goes to others at once.
        store.demand.release(personId);
      });
      changed();
    },
    setRole: ({ personId, role }: z.output<typeof setPersonRole>) => {
      guest(personId);
      store.people.setRole(personId, role);
      changed();
    },
    invited: (secret) => {
      const person = store.people.byInvite(sha256(secret));
      return person ? { personId: person.id, role: person.role } : null;
    },
  };
}

function accessOf(person: PersonRow): TeamMember['access'] {
  if (person.role === 'owner') return 'here';
  if (person.inviteHash === null) return 'none';
  return person.revokedAt === null ? 'invited' : 'revoked';
}
