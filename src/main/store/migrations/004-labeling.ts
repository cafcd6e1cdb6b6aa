/** Comparisons, who is to judge them, and the append-only judgments. */
export const sql = /* sql */ `
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'stopping', 'stopped', 'interrupted', 'failed', 'done')),
  config TEXT NOT NULL CHECK (json_valid(config)), -- as started: checkpoints in order, prompts, seed, sampling, reward model
  done INTEGER NOT NULL DEFAULT 0,
  total INTEGER NOT NULL,
  measures TEXT CHECK (measures IS NULL OR json_valid(measures)),
  error TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

CREATE TABLE report_answers (
  report_id TEXT NOT NULL REFERENCES reports (id),
  position INTEGER NOT NULL, -- of the prompt, from 0
  checkpoint INTEGER NOT NULL, -- index in the report's order
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  response_id TEXT NOT NULL REFERENCES responses (id),
  tokens INTEGER NOT NULL,
  terminated INTEGER NOT NULL CHECK (terminated IN (0, 1)),
  reward REAL,
  kl_k1 REAL,
  kl_k3 REAL,
  PRIMARY KEY (report_id, position, checkpoint)
) STRICT, WITHOUT ROWID;

CREATE TABLE comparisons (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  prompt_id TEXT NOT NULL REFERENCES prompts (id),
  purpose TEXT NOT NULL CHECK (purpose IN ('labeling', 'study', 'calibration', 'gold', 'repeat')),
  report_id TEXT REFERENCES reports (id),
  -- whose queue: the purpose, or 'study:REPORT'
  queue TEXT NOT NULL GENERATED ALWAYS AS (purpose || coalesce(':' || report_id, '')) STORED,
  -- 0: not handed out to people (it came with its judgment)
  queued INTEGER NOT NULL DEFAULT 1 CHECK (queued IN (0, 1)),
  hash TEXT NOT NULL, -- of its prompt and responses, whatever their order
  import_id TEXT REFERENCES imports (id),
  created_at INTEGER NOT NULL,
  CHECK ((purpose = 'study') = (report_id IS NOT NULL))
) STRICT;
CREATE INDEX comparisons_to_hand_out ON comparisons (queue, seq) WHERE queued = 1;
CREATE INDEX comparisons_by_prompt ON comparisons (prompt_id);
CREATE INDEX comparisons_by_hash ON comparisons (hash);
CREATE INDEX comparisons_by_report ON comparisons (report_id) WHERE report_id IS NOT NULL;

CREATE TABLE comparison_responses (
  comparison_id TEXT NOT NULL REFERENCES comparisons (id),
  slot INTEGER NOT NULL,
  response_id TEXT NOT NULL REFERENCES responses (id),
  PRIMARY KEY (comparison_id, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_responses_by_response ON comparison_responses (response_id);

CREATE TABLE assignments (
  id TEXT PRIMARY KEY,
  comparison_id TEXT NOT NULL REFERENCES comparisons (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  order_shown TEXT NOT NULL CHECK (json_valid(order_shown)), -- slots from left to right
  -- copies of the comparison's, so that one index answers for one person's queue
  queue TEXT NOT NULL,
  comparison_seq INTEGER NOT NULL,
  -- kept by the trigger on judgments, never written elsewhere
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'judged', 'set_aside')),
  latest INTEGER REFERENCES judgments (seq), -- newest of its chain
  created_at INTEGER NOT NULL,
  UNIQUE (comparison_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX assignments_by_state ON assignments (person_id, queue, state, comparison_seq);
CREATE INDEX assignments_by_place ON assignments (person_id, queue, comparison_seq);
CREATE INDEX assignments_by_time ON assignments (person_id, queue, latest) WHERE state <> 'open';
CREATE INDEX assignments_by_judgment ON assignments (latest) WHERE latest IS NOT NULL;
CREATE TRIGGER assignments_keep_their_order BEFORE UPDATE OF comparison_id, person_id, order_shown ON assignments
BEGIN SELECT RAISE(ABORT, 'the order in which a pair is shown to a person never changes'); END;

CREATE TABLE judgments (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  assignment_id TEXT NOT NULL REFERENCES assignments (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  ranking TEXT CHECK (ranking IS NULL OR json_valid(ranking)), -- ordered groups of slots, best first
  strength INTEGER CHECK (strength IN (1, 2, 3)),
  both_bad INTEGER NOT NULL DEFAULT 0 CHECK (both_bad IN (0, 1)),
  skipped TEXT, -- the reason
  flagged TEXT, -- the reason
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),
  ratings TEXT CHECK (ratings IS NULL OR json_valid(ratings)),
  rationale TEXT,
  guideline_version INTEGER REFERENCES guidelines (version),
  shown_at INTEGER NOT NULL,
  first_key_at INTEGER,
  decided_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  revises INTEGER REFERENCES judgments (seq),
  idempotency_key TEXT NOT NULL,
  import_id TEXT REFERENCES imports (id),
  UNIQUE (person_id, idempotency_key)
) STRICT;
CREATE INDEX judgments_by_assignment ON judgments (assignment_id);
CREATE INDEX judgments_by_person ON judgments (person_id, seq);

CREATE TRIGGER judgments_form_a_chain BEFORE INSERT ON judgments
WHEN NEW.revises IS NOT (SELECT latest FROM assignments WHERE id = NEW.assignment_id)
  OR NEW.person_id IS NOT (SELECT person_id FROM assignments WHERE id = NEW.assignment_id)
BEGIN SELECT RAISE(ABORT, 'a judgment follows the latest of its own chain'); END;
CREATE TRIGGER judgments_count AFTER INSERT ON judgments
BEGIN
  UPDATE assignments
  SET latest = NEW.seq,
      state = CASE
        WHEN NEW.withdrawn = 1 THEN 'open'
        WHEN NEW.ranking IS NOT NULL OR NEW.both_bad = 1 THEN 'judged'
        ELSE 'set_aside' END
  WHERE id = NEW.assignment_id;
END;
CREATE TRIGGER judgments_are_append_only BEFORE UPDATE ON judgments
BEGIN SELECT RAISE(ABORT, 'judgments are append-only: a revision is a new row'); END;
CREATE TRIGGER judgments_stay BEFORE DELETE ON judgments
BEGIN SELECT RAISE(ABORT, 'judgments are append-only: none is ever deleted'); END;

-- What counts: the latest of each chain, neither withdrawn nor set aside, by people who are switched in. Every count, split and training set reads this.
CREATE VIEW counted_judgments AS
SELECT judgments.seq, judgments.id, judgments.assignment_id, assignments.comparison_id, assignments.order_shown, assignments.queue,
       comparisons.purpose, comparisons.report_id, comparisons.prompt_id, judgments.person_id, people.kind,
       judgments.ranking, judgments.strength, judgments.both_bad, judgments.flagged, judgments.rationale, judgments.decided_at
FROM assignments
JOIN people ON people.id = assignments.person_id AND people.enabled = 1
JOIN judgments ON judgments.seq = assignments.latest
JOIN comparisons ON comparisons.id = assignments.comparison_id
WHERE assignments.state = 'judged';
`;
