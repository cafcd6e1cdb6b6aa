import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HubTokenStatus } from '#shared/api/system.ts';
import { PlainError } from '#shared/errors.ts';
import type { SecretKeeper } from '#shared/secret-keeper.ts';

const noKeeper =
  'Plumbline in a browser has no keyring to keep a token in. Set HF_TOKEN where it is started, or sign in there with "hf auth login".';

/** The token that the Hub shows models that are not public for. */
export interface HubToken {
  status(): Promise<HubTokenStatus>;
  keep(token: string): Promise<void>;
  forget(): Promise<void>;
  /** For one download, asked anew each time and held by nobody: the one that was given in the app, else HF_TOKEN, else that of `hf auth login`. */
  find(): Promise<string | undefined>;
}

/** @param keeper the host's keyring; null where it has none (browser, command line) */
export function createHubToken(keeper: SecretKeeper | null, environment: NodeJS.ProcessEnv = process.env): HubToken {
  const loggedIn = () => readLogin(environment);
  return {
    async status() {
      const here = keeper ? await keeper.status() : { kept: false, hint: null, refusal: noKeeper };
      return { ...here, elsewhere: environment.HF_TOKEN ? 'HF_TOKEN' : loggedIn() ? 'login' : null };
    },
    async keep(token) {
      if (!keeper) throw new PlainError('conflict', noKeeper);
      await keeper.write(token);
    },
    forget: async () => keeper?.write(null),
    find: async () => (await keeper?.read()) ?? (environment.HF_TOKEN || loggedIn()),
  };
}

/** What `hf auth login` keeps, in the files that huggingface_hub documents. */
function readLogin(environment: NodeJS.ProcessEnv): string | undefined {
  const path = environment.HF_TOKEN_PATH ?? join(environment.HF_HOME ?? join(homedir(), '.cache', 'huggingface'), 'token');
  try {
    return readFileSync(path, 'utf8').trim() || undefined;
  } catch {
    return undefined; // nobody is signed in
  }
}
