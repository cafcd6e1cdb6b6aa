import { PlainError } from '#shared/errors.ts';
import type { KeeperAnswer, KeeperQuestion, SecretKeeper, SecretStatus } from '#shared/secret-keeper.ts';

/** What to ask, before it has its number. */
type Asking = KeeperQuestion extends infer Question ? (Question extends { id: number } ? Omit<Question, 'id'> : never) : never;

/** The keeper that this process's host offers over the message channel between them; null where the host opened none. */
export function hostKeeper(): SecretKeeper | null {
  if (!process.send) return null;
  const waiting = new Map<number, (answer: KeeperAnswer) => void>();
  let asked = 0;
  process.on('message', (answer: KeeperAnswer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  /** Waits as long as a person takes to unlock a keyring. A host that goes takes this process with it. */
  async function ask(asking: Asking): Promise<unknown> {
    const id = asked++;
    const answer = await new Promise<KeeperAnswer>((resolve) => {
      waiting.set(id, resolve);
      process.send?.({ ...asking, id });
    });
    if ('refused' in answer) throw new PlainError('conflict', answer.refused);
    return answer.answer;
  }
  return {
    status: async () => (await ask({ keeper: 'status' })) as SecretStatus,
    read: async () => (await ask({ keeper: 'read' })) as string | null,
    write: async (secret) => void (await ask({ keeper: 'write', secret })),
  };
}
