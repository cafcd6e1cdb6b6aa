/** Running counts, so that saying how far a person is costs the same at 100 and at 100,000 judgments. Kept by triggers alone. */
export const sql = /* sql */ `
CREATE TABLE queues (
  queue TEXT PRIMARY KEY,
  comparisons INTEGER NOT NULL,
  queued INTEGER NOT NULL -- of them, handed out to people
) STRICT, WITHOUT ROWID;
INSERT INTO queues SELECT queue, count(*), sum(queued) FROM comparisons GROUP BY queue;
CREATE TRIGGER comparisons_are_tallied AFTER INSERT ON comparisons
BEGIN
  INSERT INTO queues VALUES (NEW.queue, 1, NEW.queued)
  ON CONFLICT (queue) DO UPDATE SET comparisons = comparisons + 1, queued = queued + NEW.queued;
END;
CREATE TRIGGER comparisons_keep_their_queue BEFORE UPDATE OF purpose, report_id, queued ON comparisons
BEGIN SELECT RAISE(ABORT, 'what a comparison is for never changes'); END;

CREATE INDEX assignments_by_queue ON assignments (queue, latest);

-- Assignments that are judged or set aside.
CREATE TABLE progress (
  person_id TEXT NOT NULL REFERENCES people (id),
  queue TEXT NOT NULL,
  judged INTEGER NOT NULL,
  set_aside INTEGER NOT NULL,
  PRIMARY KEY (person_id, queue)
) STRICT, WITHOUT ROWID;
INSERT INTO progress
SELECT person_id, queue, sum(state = 'judged'), sum(state = 'set_aside') FROM assignments GROUP BY person_id, queue;
CREATE TRIGGER assignments_are_tallied AFTER UPDATE OF state ON assignments WHEN NEW.state <> OLD.state
BEGIN
  INSERT INTO progress VALUES (NEW.person_id, NEW.queue, NEW.state = 'judged', NEW.state = 'set_aside')
  ON CONFLICT (person_id, queue) DO UPDATE SET
    judged = judged + (NEW.state = 'judged') - (OLD.state = 'judged'),
    set_aside = set_aside + (NEW.state = 'set_aside') - (OLD.state = 'set_aside');
END;
`;
