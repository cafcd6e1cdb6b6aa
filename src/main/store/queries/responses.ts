import type { Message } from '#shared/domain.ts';
import type { Connection } from '../connection.ts';

export interface ResponseRow {
  id: string;
  promptId: string;
  messages: Message[];
  hash: string;
  /** The checkpoint of ours that wrote it, or null; then `origin` says who did, where it is known. */
  checkpointId: string | null;
  origin: string | null;
  sampling: Record<string, unknown> | null;
  seed: number | null;
  tokenIds: number[] | null;
  terminated: boolean | null;
  importId: string | null;
  createdAt: number;
}
type Stored = Omit<ResponseRow, 'messages' | 'sampling' | 'tokenIds' | 'terminated'> & {
  messages: string;
  sampling: string | null;
  tokenIds: string | null;
  terminated: 0 | 1 | null;
};

const columns = `id, prompt_id AS promptId, messages, hash, checkpoint_id AS checkpointId, origin, sampling, seed, token_ids AS tokenIds,
  terminated, import_id AS importId, created_at AS createdAt`;
const parse = (row: Stored): ResponseRow => ({
  ...row,
  messages: JSON.parse(row.messages) as Message[],
  sampling: row.sampling === null ? null : (JSON.parse(row.sampling) as Record<string, unknown>),
  tokenIds: row.tokenIds === null ? null : (JSON.parse(row.tokenIds) as number[]),
  terminated: row.terminated === null ? null : row.terminated === 1,
});

export function createResponseQueries(connection: Connection) {
  const insert = connection.prepare<Stored>(
    `INSERT INTO responses (id, prompt_id, messages, hash, checkpoint_id, origin, sampling, seed, token_ids, terminated, import_id, created_at)
     VALUES (@id, @promptId, @messages, @hash, @checkpointId, @origin, @sampling, @seed, @tokenIds, @terminated, @importId, @createdAt)`,
  );
  const get = connection.prepare<{ id: string }, Stored>(`SELECT ${columns} FROM responses WHERE id = @id`);
  const sharing = connection.prepare<{ promptId: string; hash: string }, { id: string }>(
    'SELECT id FROM responses WHERE prompt_id = @promptId AND hash = @hash ORDER BY seq LIMIT 1',
  );
  return {
    insert: (row: ResponseRow) =>
      insert.run({
        ...row,
        messages: JSON.stringify(row.messages),
        sampling: row.sampling && JSON.stringify(row.sampling),
        tokenIds: row.tokenIds && JSON.stringify(row.tokenIds),
        terminated: row.terminated === null ? null : row.terminated ? 1 : 0,
      }),
    get(id: string): ResponseRow | undefined {
      const row = get.get({ id });
      return row && parse(row);
    },
    /** A response to the prompt with the same text, whoever wrote it. */
    sharing: (promptId: string, hash: string) => sharing.get({ promptId, hash })?.id,
  };
}
