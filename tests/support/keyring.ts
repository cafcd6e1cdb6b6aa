import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Cipher } from '../../src/main/desktop/kept-secret.ts';

/** A keyring in memory, with real encryption: what a test hands the host in place of the system's. */
export interface KeyringForTest extends Cipher {
  key: Buffer;
  /** Its refusal. */
  why: string | null;
  /** Whether it says that it has a newer key. */
  stale: boolean;
}

export function keyringForTest(): KeyringForTest {
  const keyring: KeyringForTest = {
    key: randomBytes(32),
    why: null,
    stale: false,
    refusal: async () => keyring.why,
    async encrypt(secret) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', keyring.key, nonce);
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    async decrypt(bytes) {
      const decipher = createDecipheriv('aes-256-gcm', keyring.key, bytes.subarray(0, 12)).setAuthTag(bytes.subarray(12, 28));
      return { secret: decipher.update(bytes.subarray(28)).toString('utf8') + decipher.final('utf8'), stale: keyring.stale };
    },
  };
  return keyring;
}
