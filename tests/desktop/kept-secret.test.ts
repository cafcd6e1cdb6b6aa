import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerFrom, keepSecret } from '../../src/main/desktop/kept-secret.ts';
import { type KeyringForTest, keyringForTest } from '../support/keyring.ts';
import { temporaryFolder } from '../support/temporary.ts';

const token = 'hf_thisIsNoTokenOfAnybody1234';

function keep(keyring: KeyringForTest = keyringForTest()) {
  const path = join(temporaryFolder(), 'hub-token');
  return { path, keyring, keeper: keepSecret(path, keyring) };
}

describe('a secret in the keyring', () => {
  it('is read again by the next start, and lies nowhere in the clear', async () => {
    const { path, keyring, keeper } = keep();
    expect(await keeper.status()).toEqual({ kept: false, hint: null, refusal: null });
    expect(await keeper.read()).toBeNull();
    await keeper.write(token);
    expect(await keepSecret(path, keyring).read()).toBe(token);
    expect(await keeper.status()).toEqual({ kept: true, hint: 'hf_…1234', refusal: null });
    expect(readFileSync(path).includes(token)).toBe(false);
    expect(readdirSync(join(path, '..'))).toEqual(['hub-token']);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is forgotten at once, and in any state of the keyring', async () => {
    const { path, keyring, keeper } = keep();
    await keeper.write(token);
    keyring.why = 'There is no keyring.';
    await keeper.write(null);
    expect(existsSync(path)).toBe(false);
    await keeper.write(null);
    expect(await keeper.status()).toEqual({ kept: false, hint: null, refusal: 'There is no keyring.' });
  });

  it('is not kept where nothing is safe; what lies there is not read', async () => {
    const { path, keyring, keeper } = keep();
    keyring.why = 'There is no keyring.';
    await expect(keeper.write(token)).rejects.toThrow('There is no keyring.');
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'of another day');
    expect(await keeper.read()).toBeNull();
    expect(await keeper.status()).toEqual({ kept: true, hint: null, refusal: 'There is no keyring.' });
  });

  it('that the keyring no longer opens is said so, without what the keyring said', async () => {
    const { keyring, keeper } = keep();
    await keeper.write(token);
    keyring.key = randomBytes(32);
    await expect(keeper.read()).rejects.toThrow(/cannot be read: the keyring is locked, or has another key/);
    expect(await keeper.status()).toMatchObject({ kept: true, hint: null, refusal: expect.stringMatching(/remove the token/) });
  });

  it('is encrypted anew when the keyring has a newer key', async () => {
    const { path, keyring, keeper } = keep();
    await keeper.write(token);
    const before = readFileSync(path);
    keyring.stale = true;
    expect(await keeper.read()).toBe(token);
    expect(readFileSync(path).equals(before)).toBe(false);
    expect(await keeper.read()).toBe(token);
  });

  it('that is short shows no ends', async () => {
    const { keeper } = keep();
    await keeper.write('hf_short');
    expect((await keeper.status()).hint).toBe('…');
  });
});

describe('a question of the backend', () => {
  it('is answered under its number, refusals as sentences', async () => {
    const { keyring, keeper } = keep();
    expect(await answerFrom(keeper, { id: 3, keeper: 'write', secret: token })).toEqual({ id: 3, answer: null });
    expect(await answerFrom(keeper, { id: 4, keeper: 'read' })).toEqual({ id: 4, answer: token });
    expect(await answerFrom(keeper, { listening: true })).toBeNull();
    keyring.why = 'There is no keyring.';
    expect(await answerFrom(keeper, { id: 5, keeper: 'write', secret: token })).toEqual({ id: 5, refused: 'There is no keyring.' });
  });

  it('never carries what a cipher said, which might quote its input', async () => {
    const { keyring, keeper } = keep({
      ...keyringForTest(),
      encrypt: (secret) => Promise.reject(new Error(`cannot encrypt ${secret}`)),
    });
    expect(keyring.why).toBeNull();
    const answer = await answerFrom(keeper, { id: 1, keeper: 'write', secret: token });
    expect(answer).toMatchObject({ refused: expect.stringMatching(/not kept/) });
    expect(JSON.stringify(answer)).not.toContain(token);
  });
});
