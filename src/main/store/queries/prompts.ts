import type { Message, Split } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface PromptRow {
  id: string;
  messages: Message[];
  /** Of the messages, as `#backend/prompts.ts` makes it. */
  hash: string;
  family: string;
  topic: string | null;
  source: string;
  split: Split;
  slots: Record<string, unknown> | null;
  importId: string | null;
  createdAt: number;
}
export interface PromptPageRow {
  seq: number;
  id: string;
  messages: Message[];
  topic: string | null;
  split: Split;
  source: string;
  responses: number;
}

type Stored = Omit<PromptRow, 'messages' | 'slots'> & { messages: string; slots: string | null };
const columns = 'id, messages, hash, family, topic, source, split, slots, import_id AS importId, created_at AS createdAt';
const parse = (row: Stored): PromptRow => ({
  ...row,
  messages: JSON.parse(row.messages) as Message[],
  slots: row.slots === null ? null : (JSON.parse(row.slots) as Record<string, unknown>),
});

export function createPromptQueries(connection: Connection) {
  const insert = connection.prepare<Stored>(
    `INSERT INTO prompts (id, messages, hash, family, topic, source, split, slots, import_id, created_at)
     VALUES (@id, @messages, @hash, @family, @topic, @source, @split, @slots, @importId, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM prompts WHERE id = @id`);
  const byHash = connection.prepare<{ hash: string }, Stored>(`SELECT ${columns} FROM prompts WHERE hash = @hash`);
  const familySplit = connection.prepare<{ family: string }, { split: Split }>('SELECT split FROM prompts WHERE family = @family LIMIT 1');
  const ofSplit = connection.prepare<{ split: Split }, Stored>(`SELECT ${columns} FROM prompts WHERE split = @split ORDER BY seq`);
  const all = connection.prepare<undefined, Stored>(`SELECT ${columns} FROM prompts ORDER BY seq`);
  const counts = connection.prepare<undefined, { split: Split; count: number }>(
    'SELECT split, count(*) AS count FROM prompts GROUP BY split',
  );
  const topics = connection.prepare<undefined, { count: number }>('SELECT count(DISTINCT topic) AS count FROM prompts');
  const page = connection.prepare<{ after: number; limit: number }, Omit<PromptPageRow, 'messages'> & { messages: string }>(
    `SELECT seq, id, messages, topic, split, source, (SELECT count(*) FROM responses WHERE prompt_id = prompts.id) AS responses
     FROM prompts WHERE seq > @after ORDER BY seq LIMIT @limit`,
  );
  const found = connection.prepare<{ match: string; after: number; limit: number }, Omit<PromptPageRow, 'messages'> & { messages: string }>(
    `SELECT seq, id, messages, topic, split, source, (SELECT count(*) FROM responses WHERE prompt_id = prompts.id) AS responses
     FROM prompts WHERE seq IN (SELECT rowid FROM prompts_search WHERE prompts_search MATCH @match) AND seq > @after ORDER BY seq LIMIT @limit`,
  );
  const foundCount = connection.prepare<{ match: string }, { count: number }>(
    'SELECT count(*) AS count FROM prompts_search WHERE prompts_search MATCH @match',
  );
  return {
    insert: (row: PromptRow) =>
      insert.run({ ...row, messages: JSON.stringify(row.messages), slots: row.slots && JSON.stringify(row.slots) }),
    get(id: string): PromptRow | undefined {
      const row = get.get({ id });
      return row && parse(row);
    },
    byHash(hash: string): PromptRow | undefined {
      const row = byHash.get({ hash });
      return row && parse(row);
    },
    /** The split that a near-duplicate was given, if there is one. */
    familySplit: (family: string) => familySplit.get({ family })?.split,
    /** In the order they came. */
    ofSplit: (split: Split) => ofSplit.all({ split }).map(parse),
    all: () => all.all().map(parse),
    counts(): Record<Split, number> {
      const result = { train: 0, held_out: 0 };
      for (const { split, count } of counts.all()) result[split] = count;
      return result;
    },
    topics: () => topics.get()?.count ?? 0,
    /** Rows after `seq` (0: from the start); `match` is an FTS5 query or null. */
    page(match: string | null, after: number, limit: number): PromptPageRow[] {
      const rows = match === null ? page.all({ after, limit }) : found.all({ match, after, limit });
      return rows.map((row) => ({ ...row, messages: JSON.parse(row.messages) as Message[] }));
    },
    foundCount: (match: string) => foundCount.get({ match })?.count ?? 0,
  };
}
