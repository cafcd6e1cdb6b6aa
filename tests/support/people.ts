import type { PersonKind, Role } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import type { Store } from '#store/store.ts';

/** Adds somebody who can label (a person with an invite), or a simulated annotator or a model, who have none; returns the id. */
export function addPerson(
  store: Store,
  name: string,
  { role = 'annotator', kind = 'person' }: { role?: Role; kind?: PersonKind } = {},
): string {
  const id = newId('per');
  const inviteHash = kind === 'person' ? `invite-${id}` : null;
  store.people.insert({ id, kind, name, role, enabled: 1, inviteHash, revokedAt: null, createdAt: Date.now() });
  return id;
}
