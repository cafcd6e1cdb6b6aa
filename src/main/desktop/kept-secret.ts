import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { PlainError } from '#shared/errors.ts';
import { hintOf, type KeeperAnswer, type KeeperQuestion, type SecretKeeper } from '#shared/secret-keeper.ts';

/** Turns a secret into bytes that only this person's keyring opens, and back. */
export interface Cipher {
  /** Why nothing can be kept safely here, as a sentence; null when it can. */
  refusal(): Promise<string | null>;
  /** @throws PlainError when what came out would be safe from nobody */
  encrypt(secret: string): Promise<Buffer>;
  /** `stale`: it should be encrypted anew, since the keyring has a newer key. */
  decrypt(bytes: Buffer): Promise<{ secret: string; stale: boolean }>;
}

const unreadable =
  'The token that was kept cannot be read: the keyring is locked, or has another key by now. Unlock it and try again, or remove the token and give it anew.';

/** One secret, encrypted in a file that only its owner may read. What a cipher throws is not passed on, since it might quote what it was given. */
export function keepSecret(path: string, cipher: Cipher): SecretKeeper {
  async function read(): Promise<string | null> {
    if (!existsSync(path) || (await cipher.refusal()) !== null) return null;
    const opened = await cipher.decrypt(readFileSync(path)).catch(() => {
      throw new PlainError('forbidden', unreadable);
    });
    // The old key opened it: a newer one that cannot be used yet is no reason to withhold it.
    if (opened.stale) await write(opened.secret).catch(() => {});
    return opened.secret;
  }

  async function write(secret: string | null): Promise<void> {
    if (secret === null) {
      rmSync(path, { force: true });
      return;
    }
    const refusal = await cipher.refusal();
    if (refusal !== null) throw new PlainError('conflict', refusal);
    const bytes = await cipher.encrypt(secret).catch((error: unknown) => {
      if (error instanceof PlainError) throw error;
      throw new PlainError('forbidden', 'The keyring did not take the token, so it is not kept. Unlock the keyring and try again.');
    });
    writeWhole(path, bytes);
  }

  return {
    read,
    write,
    async status() {
      const kept = existsSync(path);
      const refusal = await cipher.refusal();
      if (!kept || refusal !== null) return { kept, hint: null, refusal };
      try {
        const secret = await read();
        return { kept: secret !== null, hint: secret === null ? null : hintOf(secret), refusal: null };
      } catch {
        return { kept, hint: null, refusal: unreadable };
      }
    },
  };
}

function writeWhole(path: string, bytes: Buffer): void {
  const partial = `${path}.new`;
  rmSync(partial, { force: true }); // one that an earlier end left might have another mode
  const file = openSync(partial, 'wx', 0o600);
  try {
    writeSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

/** Answers a backend's question from `keeper`; null: it is no such question. */
export async function answerFrom(keeper: SecretKeeper, message: unknown): Promise<KeeperAnswer | null> {
  if (typeof message !== 'object' || message === null || !('keeper' in message)) return null;
  const question = message as KeeperQuestion;
  try {
    const answer = question.keeper === 'write' ? ((await keeper.write(question.secret)) ?? null) : await keeper[question.keeper]();
    return { id: question.id, answer };
  } catch (error) {
    return {
      id: question.id,
      refused: error instanceof PlainError ? error.message : 'The keyring failed. Try again, or start Plumbline anew.',
    };
  }
}
