/**
 * What each judgment that counts says of each pair of responses, in numbers: what agreement, bias and drift are computed from. A million judgments
 * are read from this one table in their order, without touching their texts. Kept by triggers alone.
 */
export const sql = /* sql */ `
-- Short names for people, so that a row of verdicts is a few bytes.
CREATE TABLE people_numbers (
  number INTEGER PRIMARY KEY,
  person_id TEXT NOT NULL UNIQUE REFERENCES people (id)
) STRICT;
INSERT INTO people_numbers (person_id) SELECT id FROM people ORDER BY id;
CREATE TRIGGER people_are_numbered AFTER INSERT ON people
BEGIN INSERT INTO people_numbers (person_id) VALUES (NEW.id); END;

-- What a response looks like, for what should not decide. A list is a line that begins with "- ", "* " or "1. ", a heading one that begins with "# " to "### ".
CREATE TABLE response_forms (
  response_id TEXT PRIMARY KEY REFERENCES responses (id),
  length INTEGER NOT NULL, -- characters
  list INTEGER NOT NULL CHECK (list IN (0, 1)),
  heading INTEGER NOT NULL CHECK (heading IN (0, 1)),
  bold INTEGER NOT NULL CHECK (bold IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE VIEW response_looks AS
SELECT responses.id AS response_id, responses.seq, length(text) AS length,
  instr(char(10) || text, char(10) || '- ') > 0 OR instr(char(10) || text, char(10) || '* ') > 0 OR instr(char(10) || text, char(10) || '1. ') > 0 AS list,
  instr(char(10) || text, char(10) || '# ') > 0 OR instr(char(10) || text, char(10) || '## ') > 0 OR instr(char(10) || text, char(10) || '### ') > 0 AS heading,
  instr(text, '**') > 0 AS bold
FROM responses JOIN response_texts USING (seq);
INSERT INTO response_forms SELECT response_id, length, list, heading, bold FROM response_looks;
CREATE TRIGGER responses_have_forms AFTER INSERT ON responses
BEGIN INSERT INTO response_forms SELECT response_id, length, list, heading, bold FROM response_looks WHERE seq = NEW.seq; END;

CREATE TABLE verdicts (
  comparison_seq INTEGER NOT NULL,
  person INTEGER NOT NULL REFERENCES people_numbers (number),
  pair INTEGER NOT NULL, -- the lower slot · 256 + the higher one
  purpose INTEGER NOT NULL, -- 0 labeling, 1 calibration, 2 gold, 3 repeat
  -- Below 0 the lower slot is better, above 0 the higher; 1 to 3 is how much; 0 a tie.
  answer INTEGER NOT NULL CHECK (answer BETWEEN -3 AND 3),
  -- 1 the one of that kind was preferred, -1 the other, 0 where it does not apply: a tie, both or neither of that kind, more than two responses (side).
  left_side INTEGER NOT NULL,
  longer INTEGER NOT NULL,
  list INTEGER NOT NULL,
  heading INTEGER NOT NULL,
  bold INTEGER NOT NULL,
  fast INTEGER NOT NULL, -- 1 faster than both can be read (100 characters a second, half a second at least), -1 slower, 0 not measured
  guideline INTEGER, -- version
  judgment_seq INTEGER NOT NULL,
  PRIMARY KEY (comparison_seq, person, pair)
) STRICT, WITHOUT ROWID;

-- A judgment without a ranking that counts (both bad) is a tie of all.
CREATE VIEW judged_places AS
SELECT judgments.seq, comparison_responses.slot, forms.length, forms.list, forms.heading, forms.bold,
  coalesce((SELECT groups.key FROM json_each(judgments.ranking) AS groups, json_each(groups.value) AS slots WHERE slots.value = comparison_responses.slot), 0) AS place,
  (SELECT shown.key FROM json_each(assignments.order_shown) AS shown WHERE shown.value = comparison_responses.slot) AS position
FROM judgments
JOIN assignments ON assignments.id = judgments.assignment_id
JOIN comparison_responses ON comparison_responses.comparison_id = assignments.comparison_id
JOIN response_forms AS forms ON forms.response_id = comparison_responses.response_id;

CREATE VIEW judged_pairs AS
SELECT comparison_seq, person, pair, purpose, better * coalesce(strength, 1) AS answer,
  CASE WHEN responses > 2 THEN 0 ELSE better * sign(low_position - high_position) END AS left_side,
  better * sign(high_length - low_length) AS longer,
  better * (high_list - low_list) AS list,
  better * (high_heading - low_heading) AS heading,
  better * (high_bold - low_bold) AS bold,
  CASE WHEN decided_at = shown_at THEN 0 WHEN decided_at - shown_at < max(500, 10 * (low_length + high_length)) THEN 1 ELSE -1 END AS fast,
  guideline, judgment_seq
FROM (
  SELECT assignments.comparison_seq, people_numbers.number AS person, low.slot * 256 + high.slot AS pair,
    CASE comparisons.purpose WHEN 'labeling' THEN 0 WHEN 'calibration' THEN 1 WHEN 'gold' THEN 2 ELSE 3 END AS purpose,
    sign(low.place - high.place) AS better, judgments.strength, json_array_length(assignments.order_shown) AS responses,
    low.position AS low_position, high.position AS high_position, low.length AS low_length, high.length AS high_length,
    low.list AS low_list, high.list AS high_list, low.heading AS low_heading, high.heading AS high_heading, low.bold AS low_bold, high.bold AS high_bold,
    judgments.decided_at, judgments.shown_at, judgments.guideline_version AS guideline, judgments.seq AS judgment_seq
  FROM judgments
  CROSS JOIN assignments ON assignments.id = judgments.assignment_id AND assignments.latest = judgments.seq AND assignments.state = 'judged'
  CROSS JOIN comparisons ON comparisons.id = assignments.comparison_id AND comparisons.purpose <> 'study'
  CROSS JOIN people_numbers ON people_numbers.person_id = judgments.person_id
  CROSS JOIN judged_places AS low ON low.seq = judgments.seq
  CROSS JOIN judged_places AS high ON high.seq = judgments.seq AND low.slot < high.slot
);

INSERT INTO verdicts SELECT * FROM judged_pairs;
CREATE TRIGGER judgments_are_verdicts AFTER UPDATE OF latest ON assignments
BEGIN
  DELETE FROM verdicts WHERE comparison_seq = NEW.comparison_seq AND person = (SELECT number FROM people_numbers WHERE person_id = NEW.person_id);
  INSERT INTO verdicts SELECT * FROM judged_pairs WHERE judgment_seq = NEW.latest;
END;
`;
