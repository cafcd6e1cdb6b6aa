import type { JudgeInput, LabelItem, LabelingApi, LabelProgress, WorkQueue } from '#shared/api/labeling.ts';
import { newId } from '#shared/ids.ts';
import { type Decision, decisionOfJudgment } from './answers.ts';
import { type DraftStore, givenRatings } from './drafts.ts';
import { type Entry, Outbox, type OutboxOptions, type Saved } from './outbox.ts';

/** The part of the backend that labeling talks to. */
export interface Transport {
  queue(input: { purpose: Purpose; report: string | null; count: number; holding: string[] }): Promise<ReturnType<LabelingApi['queue']>>;
  judge(input: JudgeInput): Promise<ReturnType<LabelingApi['judge']>>;
  undo(input: Extract<Entry, { kind: 'undo' }>['input']): Promise<ReturnType<LabelingApi['undo']>>;
}
type Purpose = WorkQueue;

export interface SessionState {
  /** `loading` until the first pair is here; `done` when the queue has no more for this person. */
  phase: 'loading' | 'labeling' | 'done' | 'failed';
  /** The pair on screen, then the ones already loaded behind it. */
  items: readonly LabelItem[];
  /** What was answered to the pair on screen and is on its way to the store. */
  chosen: string | null;
  flagged: string | null;
  progress: LabelProgress | null;
  /** Decisions that the store does not have yet. */
  unsaved: number;
  /** Why they wait, or why one was refused. */
  problem: unknown;
  refused: boolean;
  /** The last judgment taken back, until the next one is made. */
  tookBack: { words: string; canRedo: boolean } | null;
  /** Why the queue could not be read. */
  error: unknown;
}

export interface SessionOptions extends Pick<OutboxOptions, 'storage' | 'isRefusal' | 'wait'> {
  transport: Transport;
  drafts: DraftStore;
  /** Names the queue in storage: project, person, purpose, report. */
  scope: string;
  purpose: Purpose;
  report: string | null;
  now: () => number;
  /** Whether the backend did not answer at all, so that asking again is right. */
  isAway: (error: unknown) => boolean;
}

interface Decided {
  assignmentId: string;
  decision: Decision;
}

/** Items asked for at a time; asked again when half of them are left. */
const ahead = 8;
const awayMilliseconds = 500;

/**
 * One person working through one queue: which pair is on screen, what waits to be saved, what can be taken back.
 * A pair is replaced only when the store has the judgment on it; until then a different answer to the same pair is a revision, in order.
 */
export class LabelSession {
  private readonly options: SessionOptions;
  private readonly outbox: Outbox;
  private readonly listeners = new Set<() => void>();
  private state: SessionState = {
    phase: 'loading',
    items: [],
    chosen: null,
    flagged: null,
    progress: null,
    unsaved: 0,
    problem: null,
    refused: false,
    tookBack: null,
    error: null,
  };
  private history: Decided[] = [];
  private redoable: Decided[] = [];
  private shownAt = 0;
  private firstKeyAt: number | null = null;
  private filling = false;
  private savedCount = 0;

  constructor(options: SessionOptions) {
    this.options = options;
    const { storage, isRefusal, wait } = options;
    this.outbox = new Outbox({
      storage,
      isRefusal,
      wait,
      key: `plumbline.outbox.${options.scope}`,
      send: (entry) => this.send(entry),
      onSaved: (saved) => this.onSaved(saved),
      onRefused: (_, problem) => this.set({ problem, refused: true, chosen: null, unsaved: this.outbox.size }),
      onWaiting: (problem) => this.set({ problem, refused: false }),
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  getState = (): SessionState => this.state;

  /** Sends what an earlier page left unsaved, then takes the first pairs. */
  async start(): Promise<void> {
    this.set({ phase: 'loading', error: null, unsaved: this.outbox.size });
    await this.outbox.flush();
    await this.fill();
  }

  /** The person touched a key while the pair on screen was there (for the time to the first key). */
  noteKey(): void {
    this.firstKeyAt ??= this.options.now();
  }

  /** Sends a decision of the item on screen to the store; the same one again says nothing new. */
  decide(decision: Decision): void {
    const item = this.state.items[0];
    if (!item || (this.state.chosen === decision.id && decision.id !== 'ranking')) return;
    this.redoable = [];
    this.push(item, decision);
  }

  flag(reason: string | null): void {
    this.set({ flagged: reason });
  }

  /** Takes the latest judgment back, as often as there are any. */
  undo(): void {
    const { purpose, report } = this.options;
    this.outbox.push({ kind: 'undo', input: { purpose, report, idempotencyKey: newId('undo') } });
    this.set({ unsaved: this.outbox.size });
  }

  /** Puts a pair that was judged before in front, to be judged anew or left as it is. */
  revisit(item: LabelItem): void {
    const { drafts } = this.options;
    // What was said of it then is what is changed now.
    if (item.current?.rationale && drafts.read(item.assignmentId) === '') drafts.write(item.assignmentId, item.current.rationale);
    if (item.current?.ratings)
      drafts.writeRatings(item.assignmentId, { ...item.current.ratings, ...drafts.readRatings(item.assignmentId) });
    const rest = this.state.items.filter(({ assignmentId, current }) => assignmentId !== item.assignmentId && current === null);
    this.show([item, ...rest], { phase: 'labeling', tookBack: null });
  }

  /** Leaves a revisited pair as it was judged. */
  leave(): void {
    const [first, ...rest] = this.state.items;
    if (first?.current === null || first === undefined || this.state.chosen !== null) return;
    this.show(rest, { phase: rest.length > 0 ? 'labeling' : 'done' });
    void this.fill();
  }

  /** Judges again what was taken back, as it was judged. */
  redo(): void {
    const last = this.redoable.at(-1);
    const item = this.state.items[0];
    if (!last || item?.assignmentId !== last.assignmentId) return;
    this.redoable.pop();
    this.push(item, last.decision);
  }

  private push(item: LabelItem, decision: Decision): void {
    const decided = this.options.now();
    const { assignmentId } = item;
    const { id, words: _, ...judgment } = decision;
    const last = this.history.at(-1);
    if (last?.assignmentId === assignmentId && this.state.chosen !== null) this.history.pop();
    this.history.push({ assignmentId, decision });
    this.outbox.push({
      kind: 'judge',
      input: {
        assignmentId,
        idempotencyKey: newId('key'),
        ...judgment,
        flagged: this.state.flagged,
        rationale: this.options.drafts.read(assignmentId) || null,
        ratings: givenRatings(this.options.drafts.readRatings(assignmentId)),
        times: { shown: Math.min(this.shownAt, decided), firstKey: this.firstKeyAt, decided },
      },
    });
    this.set({ chosen: id, unsaved: this.outbox.size, problem: null, refused: false, tookBack: null });
  }

  private async send(entry: Entry): Promise<Saved> {
    const { transport } = this.options;
    if (entry.kind === 'judge') return { kind: 'judge', entry, result: await transport.judge(entry.input) };
    return { kind: 'undo', entry, result: await transport.undo(entry.input) };
  }

  private onSaved(saved: Saved): void {
    this.savedCount += 1;
    const unsaved = this.outbox.size;
    const { progress } = saved.result;
    const { items } = this.state;
    if (saved.kind === 'undo') {
      this.takeBack(saved.result.item, progress, unsaved);
      return;
    }
    const { assignmentId } = saved.entry.input;
    // A revision of the same pair is still on its way: the pair stays until the store has that too.
    if (unsaved > 0) {
      this.set({ unsaved, progress });
      return;
    }
    this.options.drafts.clear(assignmentId);
    this.show(
      items.filter((item) => item.assignmentId !== assignmentId),
      { unsaved, progress, problem: null, refused: false },
    );
    void this.fill();
  }

  private takeBack(item: LabelItem | null, progress: LabelProgress, unsaved: number): void {
    if (!item) {
      this.set({ unsaved, progress, tookBack: { words: 'Nothing left to take back', canRedo: false } });
      return;
    }
    const index = this.history.findLastIndex(({ assignmentId }) => assignmentId === item.assignmentId);
    const [before] = index < 0 ? [] : this.history.splice(index, 1);
    const decision = before?.decision ?? (item.current ? decisionOfJudgment(item.current, item) : null);
    if (decision) this.redoable.push({ assignmentId: item.assignmentId, decision });
    const tookBack = { words: `Judgment taken back${decision ? `: ${decision.words}` : ''}`, canRedo: decision !== null };
    const rest = this.state.items.filter(({ assignmentId }) => assignmentId !== item.assignmentId);
    this.show([item, ...rest], { phase: 'labeling', unsaved, progress, tookBack, problem: null, refused: false });
  }

  private show(items: readonly LabelItem[], change: Partial<SessionState>): void {
    this.shownAt = this.options.now();
    this.firstKeyAt = null;
    this.set({ ...change, items, chosen: null, flagged: null });
  }

  /** Keeps a few pairs loaded behind the one on screen. */
  private async fill(): Promise<void> {
    if (this.filling || this.state.items.length > ahead / 2) return;
    this.filling = true;
    const { transport, purpose, report } = this.options;
    try {
      const holding = this.state.items.map(({ assignmentId }) => assignmentId);
      const savedBefore = this.savedCount;
      const { items: fresh, progress: counted } = await transport.queue({ purpose, report, count: ahead, holding });
      const known = new Set(this.state.items.map(({ assignmentId }) => assignmentId));
      const wasEmpty = this.state.items.length === 0;
      const items = [...this.state.items, ...fresh.filter(({ assignmentId }) => !known.has(assignmentId))];
      // What was saved while this was on its way has told the newer progress already.
      const progress = savedBefore === this.savedCount ? counted : this.state.progress;
      const change = { progress, phase: items.length > 0 ? 'labeling' : 'done', error: null } as const;
      if (wasEmpty) this.show(items, change);
      else this.set({ ...change, items });
    } catch (error) {
      if (this.options.isAway(error)) {
        await this.options.wait(awayMilliseconds);
        this.filling = false;
        return this.fill();
      }
      if (this.state.items.length === 0) this.set({ phase: 'failed', error });
    }
    this.filling = false;
    if (this.state.items.length === 0 && this.state.phase === 'labeling') this.set({ phase: 'done' });
  }

  private set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
