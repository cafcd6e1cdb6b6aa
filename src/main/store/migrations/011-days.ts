/** Judgments a day and how long they took, so that pace is measured and not promised. Kept by a trigger; imports took no time and are left out. */
export const sql = /* sql */ `
CREATE TABLE judged_days (
  person_id TEXT NOT NULL REFERENCES people (id),
  day INTEGER NOT NULL, -- UTC days since 1970, of arrival
  judged INTEGER NOT NULL,
  milliseconds INTEGER NOT NULL, -- from shown to decided, five minutes at most each
  PRIMARY KEY (person_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO judged_days
SELECT person_id, received_at / 86400000, sum(1 - 2 * withdrawn), sum((1 - withdrawn) * max(0, min(decided_at - shown_at, 300000)))
FROM judgments WHERE import_id IS NULL GROUP BY 1, 2;
CREATE TRIGGER judgments_take_time AFTER INSERT ON judgments WHEN NEW.import_id IS NULL
BEGIN
  INSERT INTO judged_days VALUES (NEW.person_id, NEW.received_at / 86400000, 1 - 2 * NEW.withdrawn,
    (1 - NEW.withdrawn) * max(0, min(NEW.decided_at - NEW.shown_at, 300000)))
  ON CONFLICT (person_id, day) DO UPDATE SET judged = judged + excluded.judged, milliseconds = milliseconds + excluded.milliseconds;
END;
`;
