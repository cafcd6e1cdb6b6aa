import type { JudgeInput, JudgeResult, UndoResult, WorkQueue } from '#shared/api/labeling.ts';

/** One thing a person did that the store must have, in the order they did it. */
export type Entry =
  | { kind: 'judge'; input: JudgeInput }
  | { kind: 'undo'; input: { purpose: WorkQueue; report: string | null; idempotencyKey: string } };

export type Saved =
  | { kind: 'judge'; entry: Extract<Entry, { kind: 'judge' }>; result: JudgeResult }
  | { kind: 'undo'; entry: Extract<Entry, { kind: 'undo' }>; result: UndoResult };

export interface OutboxOptions {
  /** Where entries survive a crash of the page: localStorage. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  key: string;
  send: (entry: Entry) => Promise<Saved>;
  /** Whether the backend refused for good, so that sending again cannot help. */
  isRefusal: (error: unknown) => boolean;
  onSaved: (saved: Saved) => void;
  onRefused: (entry: Entry, error: unknown) => void;
  /** Called with the error when an entry waits to be sent again, with null when the waiting is over. */
  onWaiting: (error: unknown) => void;
  wait: (milliseconds: number) => Promise<void>;
}

const retryMilliseconds = [100, 200, 400, 800, 1_000];

/**
 * Keeps what a person decided until the store has it. Entries are written to storage before they are sent, sent one after the other in
 * order, and sent again until they are answered; each carries an idempotency key, so one that landed unheard lands once. Windows of one person share the
 * storage: each leaves there what it did not write itself.
 */
export class Outbox {
  private entries: Entry[];
  /** Idempotency keys of everything that went through here. */
  private readonly own: Set<string>;
  private running = false;
  private readonly options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.entries = read(options.storage.getItem(options.key));
    this.own = new Set(this.entries.map(keyOf));
  }

  /**
   * What a judgment of this pair replaces once all that waits here has landed: the key of one that is on its way, else `stored`, unless that is taken back
   * before. Undefined where an undo on its way may reach further back than this page knows.
   */
  replacedBy(assignmentId: string, stored: string | null): string | null | undefined {
    let waiting: Extract<Entry, { kind: 'judge' }>[] = [];
    for (const entry of this.entries) {
      if (entry.kind === 'judge') waiting.push(entry);
      else {
        const last = waiting.at(-1)?.input.assignmentId;
        if (last === undefined && stored !== null) return undefined;
        if (last === assignmentId) stored = null;
        waiting = waiting.filter(({ input }) => input.assignmentId !== last);
      }
    }
    return waiting.findLast(({ input }) => input.assignmentId === assignmentId)?.input.idempotencyKey ?? stored;
  }

  /** How many entries the store does not have yet. */
  get size(): number {
    return this.entries.length;
  }

  push(entry: Entry): void {
    this.entries.push(entry);
    this.own.add(keyOf(entry));
    this.write();
    void this.flush();
  }

  /** Sends what waits. Resolves when nothing does. */
  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    for (let attempt = 0; this.entries.length > 0; ) {
      const entry = this.entries[0]!;
      try {
        const saved = await this.options.send(entry);
        if (attempt > 0) this.options.onWaiting(null);
        attempt = 0;
        this.remove();
        this.options.onSaved(saved);
      } catch (error) {
        if (this.options.isRefusal(error)) {
          attempt = 0;
          this.remove();
          this.options.onRefused(entry, error);
        } else {
          this.options.onWaiting(error);
          await this.options.wait(retryMilliseconds[Math.min(attempt, retryMilliseconds.length - 1)]!);
          attempt += 1;
        }
      }
    }
    this.running = false;
  }

  private remove(): void {
    this.entries.shift();
    this.write();
  }

  private write(): void {
    const { storage, key } = this.options;
    try {
      const others = read(storage.getItem(key)).filter((entry) => !this.own.has(keyOf(entry)));
      const all = [...others, ...this.entries];
      if (all.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(all));
    } catch {
      // Storage is full or forbidden: the entries are still here and are sent; only a crash in between would lose them.
    }
  }
}

const keyOf = (entry: Entry): string => entry.input.idempotencyKey;

function read(stored: string | null): Entry[] {
  if (stored === null) return [];
  try {
    const entries: unknown = JSON.parse(stored);
    return Array.isArray(entries) ? entries : [];
  } catch {
    return []; // half a write of a crashed page: the whole entry before it was sent or is gone with it
  }
}
