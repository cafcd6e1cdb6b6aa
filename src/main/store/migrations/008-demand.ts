/**
 * How many people are to see each comparison that is handed out, and how many were given it: which pair is next for a person is one index look-up
 * at any size. `given` is kept by triggers; `wanted` rises where people disagree (backend/labeling/escalate.ts).
 */
export const sql = /* sql */ `
-- The lead's rules for handing out. Shares are of one.
CREATE TABLE queue_rules (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  overlap REAL NOT NULL CHECK (overlap BETWEEN 0 AND 1), -- share of comparisons that more than one person is to see
  overlap_people INTEGER NOT NULL CHECK (overlap_people BETWEEN 2 AND 50), -- how many see those
  most_people INTEGER NOT NULL CHECK (most_people BETWEEN 2 AND 50), -- how many at most, where they disagree
  repeat_share REAL CHECK (repeat_share BETWEEN 0 AND 0.5), -- null: 5% once there are two people, none for one alone
  gold_share REAL CHECK (gold_share BETWEEN 0 AND 0.5), -- the same
  next TEXT NOT NULL CHECK (next IN ('order', 'random', 'uncertainty', 'disagreement', 'newest')),
  random_share REAL NOT NULL CHECK (random_share BETWEEN 0.2 AND 1) -- of what is handed out first, drawn at random whatever 'next' says
) STRICT;
INSERT INTO queue_rules VALUES (1, 0.18, 2, 5, NULL, NULL, 'order', 0.2);

CREATE TABLE demand (
  comparison_seq INTEGER PRIMARY KEY REFERENCES comparisons (seq),
  comparison_id TEXT NOT NULL UNIQUE REFERENCES comparisons (id),
  queue TEXT NOT NULL,
  lot TEXT NOT NULL, -- a uniform draw, from the comparison's content
  wanted INTEGER NOT NULL,
  given INTEGER NOT NULL DEFAULT 0, -- assignments of people that are open or judged
  holder TEXT, -- who was given it last; null: nobody yet
  priority REAL NOT NULL, -- lower is sooner; the place in the queue until a score says otherwise
  slice TEXT CHECK (slice IN ('random', 'chosen')), -- how it came to be handed out first
  dispute TEXT CHECK (dispute IN ('open', 'undecided', 'adjudicated')) -- open: more people are asked; undecided: an adjudicator is
) STRICT;
CREATE VIEW comparison_demand AS
SELECT comparisons.seq, comparisons.id, comparisons.queue, substr(comparisons.hash, 1, 8) AS lot,
  -- The second draw says whether it is among those that several people see.
  CASE WHEN substr(comparisons.hash, 9, 8) < printf('%08x', CAST(queue_rules.overlap * 4294967295 AS INTEGER)) OR queue_rules.overlap = 1
    THEN queue_rules.overlap_people ELSE 1 END AS wanted
FROM comparisons, queue_rules
WHERE comparisons.queued = 1 AND comparisons.purpose = 'labeling';
INSERT INTO demand (comparison_seq, comparison_id, queue, lot, wanted, priority, given, holder)
SELECT seq, id, queue, lot, wanted, seq,
  (SELECT count(*) FROM assignments JOIN people ON people.id = person_id AND people.kind <> 'model' WHERE comparison_id = comparison_demand.id AND state <> 'set_aside'),
  (SELECT max(person_id) FROM assignments JOIN people ON people.id = person_id AND people.kind <> 'model' WHERE comparison_id = comparison_demand.id)
FROM comparison_demand;
CREATE INDEX demand_fresh_by_priority ON demand (queue, priority, comparison_seq) WHERE holder IS NULL;
CREATE INDEX demand_fresh_by_lot ON demand (queue, lot, comparison_seq) WHERE holder IS NULL;
CREATE INDEX demand_again ON demand (queue, holder, comparison_seq) WHERE holder IS NOT NULL AND given < wanted;
CREATE INDEX demand_disputed ON demand (dispute, comparison_seq) WHERE dispute IS NOT NULL;
CREATE INDEX assignments_held ON assignments (queue, created_at) WHERE state = 'open';

CREATE TABLE demand_tally (
  queue TEXT PRIMARY KEY,
  fresh INTEGER NOT NULL -- comparisons that nobody was given
) STRICT, WITHOUT ROWID;
INSERT INTO demand_tally SELECT queue, sum(holder IS NULL) FROM demand GROUP BY queue;

CREATE TRIGGER comparisons_are_wanted AFTER INSERT ON comparisons WHEN NEW.queued = 1 AND NEW.purpose = 'labeling'
BEGIN
  INSERT INTO demand (comparison_seq, comparison_id, queue, lot, wanted, priority)
  SELECT seq, id, queue, lot, wanted, seq FROM comparison_demand WHERE seq = NEW.seq;
  INSERT INTO demand_tally VALUES (NEW.queue, 1) ON CONFLICT (queue) DO UPDATE SET fresh = fresh + 1;
END;
CREATE TRIGGER assignments_are_given AFTER INSERT ON assignments WHEN (SELECT kind FROM people WHERE id = NEW.person_id) <> 'model'
BEGIN
  UPDATE demand_tally SET fresh = fresh - 1
  WHERE queue = (SELECT queue FROM demand WHERE comparison_seq = NEW.comparison_seq AND holder IS NULL);
  UPDATE demand SET given = given + 1, holder = NEW.person_id WHERE comparison_seq = NEW.comparison_seq;
END;
CREATE TRIGGER assignments_are_given_back AFTER UPDATE OF state ON assignments
WHEN (NEW.state = 'set_aside') <> (OLD.state = 'set_aside') AND (SELECT kind FROM people WHERE id = NEW.person_id) <> 'model'
BEGIN
  UPDATE demand SET given = given + CASE WHEN NEW.state = 'set_aside' THEN -1 ELSE 1 END WHERE comparison_seq = NEW.comparison_seq;
END;
`;
