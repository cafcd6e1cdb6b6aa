import type { Connection } from '../connection.ts';

/** `owner` is a person's id, or `project`. Values are JSON. */
export function createSettingQueries(connection: Connection) {
  const all = connection.prepare<{ owner: string }, { key: string; value: string }>(
    'SELECT key, value FROM settings WHERE owner = @owner ORDER BY key',
  );
  const get = connection.prepare<{ owner: string; key: string }, { value: string }>(
    'SELECT value FROM settings WHERE owner = @owner AND key = @key',
  );
  const save = connection.prepare<{ owner: string; key: string; value: string }>(
    'INSERT INTO settings (owner, key, value) VALUES (@owner, @key, @value) ON CONFLICT (owner, key) DO UPDATE SET value = excluded.value',
  );
  return {
    all: (owner: string): Record<string, unknown> =>
      Object.fromEntries(all.all({ owner }).map(({ key, value }) => [key, JSON.parse(value) as unknown])),
    get(owner: string, key: string): unknown {
      const row = get.get({ owner, key });
      return row && JSON.parse(row.value);
    },
    save: (owner: string, key: string, value: unknown) => save.run({ owner, key, value: JSON.stringify(value) }),
  };
}
