import type { GuidelineView } from '#shared/api/project.ts';

interface NewestGuidelineOptions {
  /** As it was when the page asked; null: there was none. */
  guideline: GuidelineView | null;
  /** Where the version that this person has read last survives the page: localStorage. */
  storage: Pick<Storage, 'getItem' | 'setItem'>;
  key: string;
  /** Asks for the one in force. */
  read: () => Promise<GuidelineView | null>;
  onChange: () => void;
}

/** The guideline that a person has before them, and whether it is one that they have not read: judgments are booked under it, so it changes only with a word. */
export class NewestGuideline {
  /** What is shown and what judgments are made under. */
  current: GuidelineView | null;
  private readonly options: NewestGuidelineOptions;
  private reading: Promise<void> | null = null;

  constructor(options: NewestGuidelineOptions) {
    this.options = options;
    this.current = options.guideline;
    // Nobody is told of the one that they begin with.
    if (options.storage.getItem(options.key) === null) this.markRead();
  }

  get version(): number | null {
    return this.current?.version ?? null;
  }

  get isNew(): boolean {
    return (this.version ?? 0) > Number(this.options.storage.getItem(this.options.key));
  }

  markRead(): void {
    try {
      this.options.storage.setItem(this.options.key, String(this.version ?? 0));
    } catch {
      // Storage is full or forbidden: they are told once more.
    }
  }

  /** The backend named the version in force. Resolves once that one is before the person, or could not be read (the next answer names it again). */
  async hear(inForce: number | null): Promise<void> {
    if ((inForce ?? 0) <= (this.version ?? 0)) return;
    this.reading ??= this.options
      .read()
      .then((guideline) => {
        this.current = guideline;
        this.options.onChange();
      })
      .catch(() => {})
      .finally(() => {
        this.reading = null;
      });
    await this.reading;
  }
}
