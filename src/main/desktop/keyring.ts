import { safeStorage } from 'electron';
import { PlainError } from '#shared/errors.ts';
import type { Cipher } from './kept-secret.ts';

const noKeyring =
  'This desktop has no keyring in which a token would be safe, so none is kept. Set up GNOME Keyring or KWallet and start Plumbline anew; until then set HF_TOKEN, or sign in with "hf auth login".';
const notAvailable =
  'The system’s keyring does not let Plumbline in, so no token is kept. Unlock it and try again; until then set HF_TOKEN, or sign in with "hf auth login".';

/** What Electron encrypts with on a Linux without keyring: a key that stands in Chromium's source. Its ciphertexts begin with this. */
const everybodysKey = Buffer.from('v10');

/**
 * Electron's safeStorage as a cipher, after `ready`. The asynchronous functions exist since Electron 42, the others go with 46; both read what either wrote.
 * On Linux Electron names the store that it chose; before 25.5 it does not, but then says itself that encryption is not available without one.
 */
export function keyringCipher(): Cipher {
  const asynchronous = typeof safeStorage.encryptStringAsync === 'function';
  const linux = process.platform === 'linux';
  return {
    async refusal() {
      const chosen = linux && typeof safeStorage.getSelectedStorageBackend === 'function' ? safeStorage.getSelectedStorageBackend() : null;
      if (chosen === 'basic_text' || chosen === 'unknown') return noKeyring;
      const available = asynchronous ? await safeStorage.isAsyncEncryptionAvailable() : safeStorage.isEncryptionAvailable();
      if (available) return null;
      return linux ? noKeyring : notAvailable;
    },
    async encrypt(secret) {
      const bytes = asynchronous ? await safeStorage.encryptStringAsync(secret) : safeStorage.encryptString(secret);
      if (linux && bytes.subarray(0, everybodysKey.length).equals(everybodysKey)) throw new PlainError('conflict', noKeyring);
      return bytes;
    },
    async decrypt(bytes) {
      if (!asynchronous) return { secret: safeStorage.decryptString(bytes), stale: false };
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(bytes);
      return { secret: result, stale: shouldReEncrypt };
    },
  };
}
