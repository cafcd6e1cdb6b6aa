/** Checks on the way (swapped repeats, gold answers), adjudication, and what a lead took out. Nothing is deleted: what is taken out counts nowhere. */
export const sql = /* sql */ `
CREATE TABLE repeats (
  comparison_id TEXT PRIMARY KEY REFERENCES comparisons (id), -- purpose 'repeat', for one person
  original_id TEXT NOT NULL REFERENCES comparisons (id),
  person_id TEXT NOT NULL REFERENCES people (id),
  UNIQUE (person_id, original_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE gold_answers (
  comparison_id TEXT PRIMARY KEY REFERENCES comparisons (id), -- purpose 'gold'
  answer INTEGER NOT NULL CHECK (answer IN (-1, 0, 1)), -- as in verdicts, without strength
  set_by TEXT NOT NULL REFERENCES people (id),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last word on a comparison that people could not agree on: only this judgment of it trains.
CREATE TABLE adjudications (
  comparison_id TEXT PRIMARY KEY REFERENCES comparisons (id),
  assignment_id TEXT NOT NULL UNIQUE REFERENCES assignments (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE removed_comparisons (
  comparison_id TEXT PRIMARY KEY REFERENCES comparisons (id),
  comparison_seq INTEGER NOT NULL,
  removed_by TEXT NOT NULL REFERENCES people (id),
  removed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE removed_guidelines (
  version INTEGER PRIMARY KEY REFERENCES guidelines (version),
  removed_by TEXT NOT NULL REFERENCES people (id),
  removed_at INTEGER NOT NULL
) STRICT;

-- Judged by person and guideline version (0: none), studies left out, so that counts stay cheap when a version is taken out.
CREATE TABLE judged_under (
  person_id TEXT NOT NULL REFERENCES people (id),
  guideline INTEGER NOT NULL,
  judged INTEGER NOT NULL,
  PRIMARY KEY (person_id, guideline)
) STRICT, WITHOUT ROWID;
INSERT INTO judged_under
SELECT assignments.person_id, coalesce(guideline_version, 0), count(*)
FROM assignments JOIN judgments ON judgments.seq = assignments.latest WHERE state = 'judged' AND queue NOT LIKE 'study:%' GROUP BY 1, 2;
CREATE TRIGGER judgments_are_tallied_by_guideline AFTER UPDATE OF latest ON assignments WHEN NEW.queue NOT LIKE 'study:%'
BEGIN
  UPDATE judged_under SET judged = judged - 1
  WHERE OLD.state = 'judged' AND person_id = OLD.person_id
    AND guideline = coalesce((SELECT guideline_version FROM judgments WHERE seq = OLD.latest), 0);
  INSERT INTO judged_under
  SELECT NEW.person_id, coalesce(guideline_version, 0), 1 FROM judgments WHERE seq = NEW.latest AND NEW.state = 'judged'
  ON CONFLICT (person_id, guideline) DO UPDATE SET judged = judged + 1;
END;

DROP VIEW counted_judgments;
-- What counts: the latest of each chain, neither withdrawn nor set aside, by people who are switched in, on comparisons and under guidelines that nobody took out.
-- Every count, split and training set reads this.
CREATE VIEW counted_judgments AS
SELECT judgments.seq, judgments.id, judgments.assignment_id, assignments.comparison_id, assignments.order_shown, assignments.queue,
       comparisons.purpose, comparisons.report_id, comparisons.prompt_id, judgments.person_id, people.kind,
       judgments.ranking, judgments.strength, judgments.both_bad, judgments.flagged, judgments.rationale, judgments.decided_at
FROM assignments
JOIN people ON people.id = assignments.person_id AND people.enabled = 1
JOIN judgments ON judgments.seq = assignments.latest
JOIN comparisons ON comparisons.id = assignments.comparison_id
WHERE assignments.state = 'judged'
  AND NOT EXISTS (SELECT 1 FROM removed_comparisons WHERE removed_comparisons.comparison_id = assignments.comparison_id)
  AND NOT EXISTS (SELECT 1 FROM removed_guidelines WHERE removed_guidelines.version = judgments.guideline_version);
`;
