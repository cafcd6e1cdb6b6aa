import type { PersonKind } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { rescue } from '#store/errors.ts';
import type { PersonRow } from '#store/queries/people.ts';
import type { Store } from '#store/store.ts';

/** The person at this machine; made when the project is. */
export function ownerOf(store: Store): PersonRow {
  const owner = store.people.owner();
  if (!owner) throw new PlainError('damaged', `${store.folder} has no owner, so it is damaged. ${rescue(store.folder)}`);
  return owner;
}

export function addOwner(store: Store, name: string): PersonRow {
  return add(store, 'person', name, 'owner', true);
}

/**
 * Who an import's or the simulated annotator's judgments belong to: a person of that kind and name, made if there is none yet.
 * Kinds never mix, so the same name may stand for a person and for a model.
 */
export function annotatorNamed(store: Store, kind: PersonKind, name: string, enabled = true): PersonRow {
  const known = store.people.named(kind, name);
  // The owner's own name on an import is somebody else's work all the same.
  return known && known.role !== 'owner' ? known : add(store, kind, name, 'annotator', enabled);
}

/** A person of this project, other than `except`, whose name reads like this one, whatever its case and spaces. */
export function personCalled(store: Store, name: string, except: string | null = null): PersonRow | undefined {
  return store.people.ofKind('person').find((person) => person.id !== except && readsAs(person.name) === readsAs(name));
}

const readsAs = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();

/** Gives a person another name. @throws PlainError conflict where somebody else has it, or nobody could tell whose it is */
export function renamePerson(store: Store, id: string, name: string): void {
  if (personCalled(store, name, id)) {
    throw new PlainError('conflict', `Somebody in this project is called ${name} already. Choose a name that tells the two of you apart.`);
  }
  if (readsAs(name) === 'you' && personNamed(store, id).role !== 'owner') {
    throw new PlainError('conflict', `“${name}” would be anybody who reads it. Choose a name that others know you by.`);
  }
  store.people.rename(id, name);
}

export function personNamed(store: Store, id: string): PersonRow {
  const person = store.people.get(id);
  if (!person) throw new PlainError('forbidden', 'You are not among the people of this project. Ask its owner for an invite.');
  return person;
}

function add(store: Store, kind: PersonKind, name: string, role: PersonRow['role'], enabled: boolean): PersonRow {
  const row: PersonRow = {
    id: newId('per'),
    kind,
    name,
    role,
    enabled: enabled ? 1 : 0,
    inviteHash: null,
    revokedAt: null,
    createdAt: Date.now(),
  };
  store.people.insert(row);
  return row;
}
