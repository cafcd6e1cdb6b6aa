/** Who judges, under which guideline, with which settings. */
export const sql = /* sql */ `
CREATE TABLE project (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  id TEXT NOT NULL,
  demo INTEGER NOT NULL CHECK (demo IN (0, 1)),
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL -- version of Plumbline
) STRICT;

CREATE TABLE people (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('person', 'simulated', 'model')),
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'lead', 'annotator')),
  -- 0: judgments stay in the store and count nowhere (the demo's simulated set, switched out)
  enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
  invite_hash TEXT UNIQUE,
  revoked_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX people_one_owner ON people (role) WHERE role = 'owner';
CREATE TRIGGER people_kind_is_final BEFORE UPDATE OF kind ON people
BEGIN SELECT RAISE(ABORT, 'the kind of a person never changes'); END;

CREATE TABLE guidelines (
  version INTEGER PRIMARY KEY,
  markdown TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT REFERENCES people (id)
) STRICT;
CREATE TRIGGER guidelines_are_superseded BEFORE UPDATE ON guidelines
BEGIN SELECT RAISE(ABORT, 'a guideline is never edited, only superseded'); END;
CREATE TRIGGER guidelines_stay BEFORE DELETE ON guidelines
BEGIN SELECT RAISE(ABORT, 'a guideline is never deleted'); END;

CREATE TABLE settings (
  owner TEXT NOT NULL, -- 'project' or a person's id
  key TEXT NOT NULL,
  value TEXT NOT NULL CHECK (json_valid(value)),
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
`;
