import type { JudgeInput, JudgeResult, LabelItem, LabelProgress, WorkQueue } from '#shared/api/labeling.ts';

/** One thing a person did that the store must have, in the order they did it. */
export type Entry =
  | { kind: 'judge'; input: JudgeInput }
  | { kind: 'undo'; input: { purpose: WorkQueue; report: string | null; idempotencyKey: string } };

export type Saved =
  | { kind: 'judge'; entry: Extract<Entry, { kind: 'judge' }>; result: JudgeResult }
  | { kind: 'undo'; entry: Extract<Entry, { kind: 'undo' }>; result: { item: LabelItem | null; progress: LabelProgress } };

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
 * order, and sent again until they are answered; each carries an idempotency key, so one that landed unheard lands once.
 */
export class Outbox {
  private entries: Entry[];
  private running = false;
  private readonly options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.options = options;
    this.entries = read(options.storage.getItem(options.key));
  }

  /** How many entries the store does not have yet. */
  get size(): number {
    return this.entries.length;
  }

  push(entry: Entry): void {
    this.entries.push(entry);
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
      if (this.entries.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(this.entries));
    } catch {
      // Storage is full or forbidden: the entries are still here and are sent; only a crash in between would lose them.
    }
  }
}

function read(stored: string | null): Entry[] {
  if (stored === null) return [];
  try {
    const entries: unknown = JSON.parse(stored);
    return Array.isArray(entries) ? entries : [];
  } catch {
    return []; // half a write of a crashed page: the whole entry before it was sent or is gone with it
  }
}
