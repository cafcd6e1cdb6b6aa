import type { BackendDecision, BackendFinding, BackendSetting, TensorflowVariant } from '../backends.ts';

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
    /** What runs where, for a few kinds of work. */
    decisions: (BackendDecision & { work: string })[];
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
}
