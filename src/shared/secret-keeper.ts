/** A secret that the operating system's keyring guards: what a desktop host offers its backend, which has no keyring of its own. */

export interface SecretStatus {
  kept: boolean;
  /** Its ends, `hf_…abcd`; null when none is kept, or it cannot be read. */
  hint: string | null;
  /** Why nothing can be kept here, or what is kept cannot be read, as a sentence; null when all is well. */
  refusal: string | null;
}

/** Each throws PlainError when the keyring refuses. */
export interface SecretKeeper {
  status(): Promise<SecretStatus>;
  /** Null when none is kept. */
  read(): Promise<string | null>;
  /** Null forgets what is kept. */
  write(secret: string | null): Promise<void>;
}

/** What a backend asks its host over their message channel, which no log and no page sees. */
export type KeeperQuestion = { id: number } & ({ keeper: 'status' } | { keeper: 'read' } | { keeper: 'write'; secret: string | null });
/** `answer` is what the method of that name gives. */
export type KeeperAnswer = { id: number } & ({ answer: unknown } | { refused: string });

/** The ends of a secret, to know it by: of one too short to hide behind them, nothing. */
export function hintOf(secret: string): string {
  return secret.length < 16 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}
