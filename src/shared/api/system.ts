import { z } from 'zod';
import type { BackendFinding, BackendSetting, NamedPlace, TensorflowVariant } from '../backends.ts';
import type { SecretStatus } from '../secret-keeper.ts';

/** An access token of the Hugging Face Hub. It travels to the backend in this call alone; nothing gives it back. */
export const keepHubToken = z.strictObject({
  token: z
    .string()
    .trim()
    .min(8, 'This is too short for a token. Copy it whole from huggingface.co/settings/tokens.')
    .max(512, 'This is too long for a token. Copy it alone from huggingface.co/settings/tokens.')
    .regex(/^[\x21-\x7e]*$/, 'A token is one word of plain letters and digits. Copy it alone from huggingface.co/settings/tokens.'),
});

/** Whether downloads from the Hub are signed in, and by what: the kept token, else the other. */
export interface HubTokenStatus extends SecretStatus {
  /** Outside of the app: the environment, or what `hf auth login` keeps on this machine. */
  elsewhere: 'HF_TOKEN' | 'login' | null;
}

export interface Doctor {
  version: string;
  node: string;
  platform: string;
  cores: number;
  memoryBytes: number;
  freeMemoryBytes: number;
  sqlite: string;
  electron: { version: string | null; found: boolean; reason: string | null };
  backends: BackendFinding[];
  choice: {
    setting: BackendSetting;
    /** PLUMBLINE_BACKEND, which stands above the setting. */
    forced: string | null;
    /** Why nothing can run: PLUMBLINE_BACKEND names no backend. Then there are no decisions. */
    problem: string | null;
    /** What runs where, for a few kinds of work, and one sentence why. */
    decisions: (NamedPlace & { work: string; because: string })[];
  };
  tensorflow: TensorflowSetup;
}

/** Fetching libtensorflow, which only a person begins. */
export interface TensorflowSetup {
  /** Whether this system is one that the libraries are made for. */
  possible: boolean;
  /** What is being done and how much of it (0 … 1); null when nothing is. */
  progress: { words: string; done: number } | null;
  /** Why the last one failed. */
  error: string | null;
}

export interface SystemApi {
  doctor(): Promise<Doctor>;
  /** Holds for every job from now on, on this machine. */
  chooseBackend(setting: BackendSetting): void;
  /** Begins to fetch and build; `doctor` tells how it goes. Throws PlainError `conflict` while one is under way. */
  setUpTensorflow(variant: TensorflowVariant): void;
  hubToken(): Promise<HubTokenStatus>;
  /** In the keyring of the desktop host. Throws PlainError `conflict` with the reason where there is none. */
  keepHubToken(input: z.output<typeof keepHubToken>): Promise<void>;
  forgetHubToken(): Promise<void>;
}
