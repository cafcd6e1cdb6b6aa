import type { Message, Purpose, Split } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface ComparisonRow {
  id: string;
  promptId: string;
  purpose: Purpose;
  /** The report a study's comparison belongs to; null for every other purpose. */
  reportId: string | null;
  /** False: never handed out to people, since it came with its judgment. */
  queued: boolean;
  /** Of its prompt and responses, as `#backend/prompts.ts` makes it. */
  hash: string;
  importId: string | null;
  createdAt: number;
  /** By slot. */
  responseIds: string[];
}
export interface ComparisonHead {
  seq: number;
  id: string;
  promptId: string;
  purpose: Purpose;
  queue: string;
}
export interface SlotRow {
  slot: number;
  responseId: string;
  messages: Message[];
  checkpointId: string | null;
  origin: string | null;
}
export interface ComparisonPageRow {
  seq: number;
  id: string;
  purpose: Purpose;
  promptMessages: Message[];
  /** Judgments that count, of all kinds. */
  judgments: number;
  /** A lead took it out of every count. */
  removed: boolean;
}

const head = 'seq, id, prompt_id AS promptId, purpose, queue';

/** The key of a queue: the purpose, and for a study its report. */
export function queueOf(purpose: Purpose, reportId: string | null): string {
  return reportId === null ? purpose : `${purpose}:${reportId}`;
}
/** Whether a queue is that of a comparison report's blind votes. */
export const isStudy = (queue: string): boolean => queue.startsWith('study:');

export function createComparisonQueries(connection: Connection) {
  const insert = connection.prepare<Omit<ComparisonRow, 'queued' | 'responseIds'> & { queued: 0 | 1 }>(
    `INSERT INTO comparisons (id, prompt_id, purpose, report_id, queued, hash, import_id, created_at)
     VALUES (@id, @promptId, @purpose, @reportId, @queued, @hash, @importId, @createdAt)`,
  );
  const insertSlot = connection.prepare<{ comparisonId: string; slot: number; responseId: string }>(
    'INSERT INTO comparison_responses (comparison_id, slot, response_id) VALUES (@comparisonId, @slot, @responseId)',
  );
  const copyHead = connection.prepare<{ id: string; from: string; purpose: Purpose; queued: 0 | 1; createdAt: number }>(
    `INSERT INTO comparisons (id, prompt_id, purpose, queued, hash, import_id, created_at)
     SELECT @id, prompt_id, @purpose, @queued, hash, import_id, @createdAt FROM comparisons WHERE id = @from`,
  );
  const copySlots = connection.prepare<{ id: string; from: string }>(
    'INSERT INTO comparison_responses SELECT @id, slot, response_id FROM comparison_responses WHERE comparison_id = @from',
  );
  const drawn = connection.prepare<{ queue: string; limit: number }, { id: string }>(
    // By the hash of its content: a uniform draw that is the same on every machine.
    `SELECT id FROM comparisons WHERE queue = @queue AND queued = 1 AND NOT EXISTS (
       SELECT 1 FROM comparisons AS copy WHERE copy.hash = comparisons.hash AND copy.purpose = 'calibration')
     ORDER BY substr(hash, 17, 8) LIMIT @limit`,
  );
  const bySeq = connection.prepare<{ seq: number }, ComparisonHead>(`SELECT ${head} FROM comparisons WHERE seq = @seq`);
  const ofSplit = connection.prepare<{ split: Split; after: number; limit: number }, ComparisonHead>(
    `SELECT comparisons.seq, comparisons.id, prompt_id AS promptId, purpose, queue FROM comparisons JOIN prompts ON prompts.id = prompt_id
     WHERE comparisons.seq > @after AND purpose = 'labeling' AND split = @split ORDER BY comparisons.seq LIMIT @limit`,
  );
  const get = connection.prepare<{ id: string }, ComparisonHead>(`SELECT ${head} FROM comparisons WHERE id = @id`);
  const byHash = connection.prepare<{ hash: string }, ComparisonHead>(
    // What is put among a person's pairs, and what a study asks, has the same content as the pair it is a copy of.
    `SELECT ${head} FROM comparisons WHERE hash = @hash ORDER BY purpose <> 'labeling', seq LIMIT 1`,
  );
  const ofReport = connection.prepare<{ reportId: string }, ComparisonHead>(
    `SELECT ${head} FROM comparisons WHERE report_id = @reportId ORDER BY seq`,
  );
  const slots = connection.prepare<{ id: string }, Omit<SlotRow, 'messages'> & { messages: string }>(
    `SELECT slot, response_id AS responseId, messages, checkpoint_id AS checkpointId, origin
     FROM comparison_responses JOIN responses ON responses.id = response_id WHERE comparison_id = @id ORDER BY slot`,
  );
  const next = connection.prepare<{ queue: string; after: number; limit: number }, ComparisonHead>(
    `SELECT ${head} FROM comparisons WHERE queue = @queue AND queued = 1 AND seq > @after ORDER BY seq LIMIT @limit`,
  );
  const queuedCount = connection.prepare<{ queue: string; after: number }, { count: number }>(
    'SELECT count(*) AS count FROM comparisons WHERE queue = @queue AND queued = 1 AND seq > @after',
  );
  const count = connection.prepare<undefined, { count: number | null }>(
    "SELECT sum(comparisons) AS count FROM queues WHERE queue NOT LIKE 'study:%'",
  );
  const pageColumns = `comparisons.seq, comparisons.id, purpose, prompts.messages AS promptMessages,
    (SELECT count(*) FROM counted_judgments WHERE comparison_id = comparisons.id) AS judgments,
    EXISTS (SELECT 1 FROM removed_comparisons WHERE comparison_id = comparisons.id) AS removed`;
  type StoredPage = Omit<ComparisonPageRow, 'promptMessages' | 'removed'> & { promptMessages: string; removed: 0 | 1 };
  const page = connection.prepare<{ after: number; limit: number }, StoredPage>(
    `SELECT ${pageColumns} FROM comparisons JOIN prompts ON prompts.id = prompt_id
     WHERE comparisons.seq > @after ORDER BY comparisons.seq LIMIT @limit`,
  );
  const matching = `(prompt_id IN (SELECT id FROM prompts WHERE seq IN (SELECT rowid FROM prompts_search WHERE prompts_search MATCH @match))
    OR comparisons.id IN (SELECT comparison_id FROM comparison_responses JOIN responses ON responses.id = response_id
      WHERE responses.seq IN (SELECT rowid FROM responses_search WHERE responses_search MATCH @match)))`;
  const found = connection.prepare<{ match: string; after: number; limit: number }, StoredPage>(
    `SELECT ${pageColumns} FROM comparisons JOIN prompts ON prompts.id = prompt_id
     WHERE comparisons.seq > @after AND ${matching} ORDER BY comparisons.seq LIMIT @limit`,
  );
  const foundCount = connection.prepare<{ match: string }, { count: number }>(
    `SELECT count(*) AS count FROM comparisons WHERE ${matching}`,
  );
  return {
    /** With its responses by slot. */
    insert({ responseIds, queued, ...row }: ComparisonRow): void {
      insert.run({ ...row, queued: queued ? 1 : 0 });
      for (const [slot, responseId] of responseIds.entries()) insertSlot.run({ comparisonId: row.id, slot, responseId });
    },
    /** The same prompt and responses for another purpose. */
    copy(from: string, { id, purpose, queued, createdAt }: Pick<ComparisonRow, 'id' | 'purpose' | 'queued' | 'createdAt'>): void {
      copyHead.run({ id, from, purpose, queued: queued ? 1 : 0, createdAt });
      copySlots.run({ id, from });
    },
    /** Comparisons of a queue drawn at random for a calibration round, none that was in one. */
    drawn: (queue: string, limit: number) => drawn.all({ queue, limit }).map(({ id }) => id),
    bySeq: (seq: number) => bySeq.get({ seq }),
    /** Pairs to label whose prompts are in this split, after `seq`. */
    ofSplit: (split: Split, after: number, limit: number) => ofSplit.all({ split, after, limit }),
    get: (id: string) => get.get({ id }),
    byHash: (hash: string) => byHash.get({ hash }),
    ofReport: (reportId: string) => ofReport.all({ reportId }),
    slots: (id: string): SlotRow[] => slots.all({ id }).map((row) => ({ ...row, messages: JSON.parse(row.messages) as Message[] })),
    /** Comparisons of a queue that come after `seq`, in the order they are handed out. */
    next: (queue: string, after: number, limit: number) => next.all({ queue, after, limit }),
    /** How many of a queue come after `seq` (0: all of them). */
    queuedCount: (queue: string, after: number) => queuedCount.get({ queue, after })?.count ?? 0,
    /** All but those of studies. */
    count: () => count.get()?.count ?? 0,
    page(match: string | null, after: number, limit: number): ComparisonPageRow[] {
      const rows = match === null ? page.all({ after, limit }) : found.all({ match, after, limit });
      return rows.map((row) => ({ ...row, promptMessages: JSON.parse(row.promptMessages) as Message[], removed: row.removed === 1 }));
    },
    foundCount: (match: string) => foundCount.get({ match })?.count ?? 0,
  };
}
