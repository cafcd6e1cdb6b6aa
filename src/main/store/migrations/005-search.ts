/** Full-text search over prompts and responses (FTS5, external content: the text itself is stored once, in the messages). */
export const sql = /* sql */ `
CREATE VIEW prompt_texts AS
SELECT seq, (SELECT group_concat(json_extract(value, '$.content'), char(10)) FROM json_each(messages)) AS text FROM prompts;
CREATE VIRTUAL TABLE prompts_search USING fts5(text, content='prompt_texts', content_rowid='seq');
INSERT INTO prompts_search (rowid, text) SELECT seq, text FROM prompt_texts;
CREATE TRIGGER prompts_are_searched AFTER INSERT ON prompts
BEGIN INSERT INTO prompts_search (rowid, text) SELECT seq, text FROM prompt_texts WHERE seq = NEW.seq; END;

CREATE VIEW response_texts AS
SELECT seq, (SELECT group_concat(json_extract(value, '$.content'), char(10)) FROM json_each(messages)) AS text FROM responses;
CREATE VIRTUAL TABLE responses_search USING fts5(text, content='response_texts', content_rowid='seq');
INSERT INTO responses_search (rowid, text) SELECT seq, text FROM response_texts;
CREATE TRIGGER responses_are_searched AFTER INSERT ON responses
BEGIN INSERT INTO responses_search (rowid, text) SELECT seq, text FROM response_texts WHERE seq = NEW.seq; END;
`;
