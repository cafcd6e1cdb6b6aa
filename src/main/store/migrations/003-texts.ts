/** Prompts, responses, and the files they came from or went to. `seq` is the insertion order: the key of pages and of full-text search. */
export const sql = /* sql */ `
CREATE TABLE imports (
  id TEXT PRIMARY KEY,
  file_name TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  format TEXT NOT NULL,
  policy TEXT NOT NULL CHECK (json_valid(policy)), -- mapping, duplicates, judged by whom
  rows INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  rejected INTEGER NOT NULL,
  rejected_rows TEXT NOT NULL CHECK (json_valid(rejected_rows)), -- [{line, reason, text}]
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE exports (
  id TEXT PRIMARY KEY,
  file_name TEXT NOT NULL,
  file_hash TEXT NOT NULL,
  format TEXT NOT NULL,
  policy TEXT NOT NULL CHECK (json_valid(policy)),
  rows INTEGER NOT NULL,
  dropped TEXT NOT NULL CHECK (json_valid(dropped)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE prompts (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  messages TEXT NOT NULL CHECK (json_valid(messages)),
  hash TEXT NOT NULL UNIQUE, -- of the messages' bytes
  family TEXT NOT NULL, -- near-duplicates share it, and so their split
  topic TEXT,
  source TEXT NOT NULL,
  split TEXT NOT NULL CHECK (split IN ('train', 'held_out')),
  slots TEXT CHECK (slots IS NULL OR json_valid(slots)), -- what a demo prompt was made from
  import_id TEXT REFERENCES imports (id),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX prompts_by_split ON prompts (split);
CREATE INDEX prompts_by_family ON prompts (family);
CREATE INDEX prompts_by_topic ON prompts (topic);
CREATE TRIGGER prompts_keep_their_split BEFORE UPDATE OF id, messages, hash, family, split ON prompts
BEGIN SELECT RAISE(ABORT, 'a prompt and its split never change'); END;

CREATE TABLE responses (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  messages TEXT NOT NULL CHECK (json_valid(messages)),
  hash TEXT NOT NULL,
  checkpoint_id TEXT REFERENCES checkpoints (id),
  origin TEXT, -- who wrote it, where it was not one of our checkpoints
  sampling TEXT CHECK (sampling IS NULL OR json_valid(sampling)),
  seed INTEGER,
  token_ids TEXT CHECK (token_ids IS NULL OR json_valid(token_ids)),
  terminated INTEGER CHECK (terminated IN (0, 1)),
  import_id TEXT REFERENCES imports (id),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX responses_by_prompt ON responses (prompt_id);
CREATE TRIGGER responses_are_immutable BEFORE UPDATE ON responses
BEGIN SELECT RAISE(ABORT, 'a response never changes'); END;
CREATE TRIGGER responses_stay BEFORE DELETE ON responses
BEGIN SELECT RAISE(ABORT, 'a response is never deleted'); END;
`;
