/** Checkpoints, the runs that made them, and what a run says while it goes on. */
export const sql = /* sql */ `
CREATE TABLE checkpoints (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('base', 'sft', 'reward', 'policy')),
  hash TEXT NOT NULL, -- of its files; the folder is checkpoints/HASH
  parent_id TEXT REFERENCES checkpoints (id),
  base_id TEXT REFERENCES checkpoints (id),
  run_id TEXT REFERENCES runs (id),
  adapter INTEGER NOT NULL DEFAULT 0 CHECK (adapter IN (0, 1)),
  architecture TEXT NOT NULL,
  parameters INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  tokenizer_hash TEXT,
  license TEXT,
  report TEXT CHECK (report IS NULL OR json_valid(report)), -- a reward model's rewardReport (src/shared/jobs.ts)
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX checkpoints_by_kind ON checkpoints (kind, created_at);
CREATE INDEX checkpoints_by_hash ON checkpoints (hash);
CREATE TRIGGER checkpoints_are_content BEFORE UPDATE OF hash, kind, parent_id, run_id ON checkpoints
BEGIN SELECT RAISE(ABORT, 'a checkpoint never changes'); END;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  method TEXT NOT NULL CHECK (method IN ('sft', 'reward', 'ppo', 'dpo', 'grpo')),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'stopping', 'stopped', 'interrupted', 'failed', 'done')),
  config TEXT NOT NULL CHECK (json_valid(config)), -- as started, complete
  seed INTEGER NOT NULL,
  backend TEXT,
  start_checkpoint_id TEXT NOT NULL REFERENCES checkpoints (id),
  reward_model_id TEXT REFERENCES checkpoints (id),
  result_checkpoint_id TEXT REFERENCES checkpoints (id),
  data TEXT NOT NULL CHECK (json_valid(data)), -- counts, and by which kinds of people
  data_hash TEXT NOT NULL, -- of the exact judgment and prompt ids
  simulated INTEGER NOT NULL CHECK (simulated IN (0, 1)),
  versions TEXT NOT NULL CHECK (json_valid(versions)),
  step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER NOT NULL DEFAULT 0,
  report TEXT CHECK (report IS NULL OR json_valid(report)),
  error TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE INDEX runs_by_method ON runs (method, created_at);
CREATE TRIGGER runs_are_reproducible
BEFORE UPDATE OF method, config, seed, start_checkpoint_id, reward_model_id, data, data_hash, simulated ON runs
BEGIN SELECT RAISE(ABORT, 'what a run was started with never changes'); END;

CREATE TABLE metrics (
  run_id TEXT NOT NULL REFERENCES runs (id),
  step INTEGER NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (run_id, step, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE samples (
  run_id TEXT NOT NULL REFERENCES runs (id),
  step INTEGER NOT NULL,
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  text TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  terminated INTEGER NOT NULL CHECK (terminated IN (0, 1)),
  reward REAL,
  kl REAL,
  per_token_file TEXT,
  PRIMARY KEY (run_id, step, prompt_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE signs (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id),
  step INTEGER NOT NULL,
  sign TEXT NOT NULL,
  sentence TEXT NOT NULL,
  acknowledged_by TEXT REFERENCES people (id),
  acknowledged_at INTEGER
) STRICT;
CREATE INDEX signs_by_run ON signs (run_id, step);
`;
