import { join } from 'node:path';
import type { Backend } from './backend.ts';
import { answerFrom, keepSecret } from './kept-secret.ts';
import { keyringCipher } from './keyring.ts';

/** Keeps the Hub's token for the backend, which asks for it over its message channel when it downloads. It never comes near the window. */
export function setupHubToken(backend: Backend): void {
  const keeper = keepSecret(join(backend.dataFolder, 'hub-token'), keyringCipher());
  backend.on('asked', (question, reply) => {
    void answerFrom(keeper, question).then((answer) => answer && reply(answer));
  });
}
