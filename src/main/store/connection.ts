import Database from 'better-sqlite3';
import { plainSqliteError } from './errors.ts';

/** A value that SQLite's STRICT columns hold. Booleans are 0 and 1; lists and objects are JSON text. */
export type Value = string | number | null | Uint8Array;
export type Parameters = Record<string, Value>;

/** A prepared statement with named parameters (`@name`). Whatever it throws is a sentence if a person can cause or mend it. */
export interface Statement<Bound extends object | undefined, Row> {
  get(...bound: Bound extends undefined ? [] : [Bound]): Row | undefined;
  all(...bound: Bound extends undefined ? [] : [Bound]): Row[];
  iterate(...bound: Bound extends undefined ? [] : [Bound]): IterableIterator<Row>;
  /** How many rows changed. */
  run(...bound: Bound extends undefined ? [] : [Bound]): number;
}

export interface Connection {
  /** Bound: object of `@name` parameters, or undefined for none. Row: as the SELECT names its columns. */
  prepare<Bound extends object | undefined, Row = never>(sql: string): Statement<Bound, Row>;
  execute(sql: string): void;
  pragma(name: string): unknown;
  /** Runs `work` in one IMMEDIATE transaction: all of it is on disk when this returns, or none of it. Nests by savepoints. */
  transaction<Result>(work: () => Result): Result;
  /** Copies the whole database to another file, a few pages at a time between other work; what is written meanwhile is in it. Rejects when this is closed first. */
  copyTo(file: string): Promise<void>;
  close(): void;
}

/** Of 4 KiB: some milliseconds of copying. */
const pagesAtOnce = 400;

/**
 * Opens `file` for this process alone. `locking_mode = EXCLUSIVE` makes the operating system hold the lock, so that a second copy of the app is
 * refused and a killed one leaves nothing behind; `synchronous = FULL` makes every commit durable before it is acknowledged.
 * @throws PlainError conflict when another process has it open, damaged when it is not an SQLite file, no_space when the disk is full
 */
export function connect(file: string): Connection {
  const guarded = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (error) {
      throw plainSqliteError(error, file);
    }
  };
  const database = guarded(() => new Database(file, { timeout: 0 }));
  try {
    guarded(() => {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = FULL');
      database.pragma('foreign_keys = ON');
      database.pragma('trusted_schema = OFF');
      database.pragma('cache_size = -32000');
      database.exec('BEGIN IMMEDIATE; COMMIT'); // takes the lock now, not at the first write
    });
  } catch (error) {
    database.close();
    throw error;
  }

  return {
    prepare<Bound extends object | undefined, Row>(sql: string): Statement<Bound, Row> {
      const statement = guarded(() => database.prepare<unknown[], Row>(sql));
      return {
        get: (...bound) => guarded(() => statement.get(...bound)),
        all: (...bound) => guarded(() => statement.all(...bound)),
        iterate: (...bound) => guarded(() => statement.iterate(...bound)),
        run: (...bound) => guarded(() => statement.run(...bound).changes),
      };
    },
    execute: (sql) => guarded(() => database.exec(sql)),
    pragma: (name) => guarded(() => database.pragma(name, { simple: true })),
    transaction: (work) => guarded(() => database.transaction(work).immediate()),
    copyTo: async (to) => void (await database.backup(to, { progress: () => pagesAtOnce })),
    close: () => database.close(),
  };
}

/** Of the library that this app brings. */
export function sqliteVersion(): string {
  const memory = new Database(':memory:');
  try {
    return memory.prepare<unknown[], { version: string }>('SELECT sqlite_version() AS version').get()?.version ?? 'unknown';
  } finally {
    memory.close();
  }
}
