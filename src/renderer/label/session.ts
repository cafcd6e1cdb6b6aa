import type { JudgeInput, JudgeResult, LabelItem, LabelProgress, QueueResult, UndoResult, WorkQueue } from '#shared/api/labeling.ts';
import type { GuidelineView } from '#shared/api/project.ts';
import type { GuidelineAsks } from '#shared/domain.ts';
import { newId } from '#shared/ids.ts';
import { outboxPrefix } from '../app/signed-out.ts';
import { type Decision, decisionOfJudgment } from './answers.ts';
import { asksOf } from './asks.ts';
import { type DraftStore, givenRatings } from './drafts.ts';
import { NewestGuideline } from './newest-guideline.ts';
import { type Entry, Outbox, type OutboxOptions, type Saved } from './outbox.ts';

/** The part of the backend that labeling talks to. */
export interface Transport {
  queue(input: { purpose: Purpose; report: string | null; count: number; holding: string[] }): Promise<QueueResult>;
  judge(input: JudgeInput): Promise<JudgeResult>;
  undo(input: Extract<Entry, { kind: 'undo' }>['input']): Promise<UndoResult>;
  revisit(input: { assignmentId: string }): Promise<LabelItem>;
  /** The guideline in force. */
  guideline(): Promise<GuidelineView | null>;
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
  /** What happened to the pair on screen: it was taken back, or the one before it was judged in another window. Until the next one is judged. */
  notice: { words: string; canRedo: boolean } | null;
  /** What the person has before them; each judgment is booked under it. */
  guideline: GuidelineView | null;
  /** They have not read it yet. */
  guidelineIsNew: boolean;
  /** Why the queue could not be read. */
  error: unknown;
}

export interface SessionOptions extends Pick<OutboxOptions, 'storage' | 'isRefusal' | 'wait'> {
  transport: Transport;
  drafts: DraftStore;
  /** As it was when the page asked. */
  guideline: GuidelineView | null;
  /** Names the queue in storage: project, person, purpose, report. */
  scope: string;
  purpose: Purpose;
  report: string | null;
  now: () => number;
  /** Whether the backend did not answer at all, so that asking again is right. */
  isAway: (error: unknown) => boolean;
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
  private readonly guideline: NewestGuideline;
  private readonly listeners = new Set<() => void>();
  private state: SessionState;
  private shownAt = 0;
  private firstKeyAt: number | null = null;
  private filling = false;
  private savedCount = 0;
  /** The last look took no more than one pair, since nobody may be there. */
  private tookOne = false;

  constructor(options: SessionOptions) {
    this.options = options;
    const { storage, isRefusal, wait, guideline, transport } = options;
    this.guideline = new NewestGuideline({
      guideline,
      storage,
      key: `plumbline.guideline.${options.scope}`,
      read: () => transport.guideline(),
      onChange: () => this.set(this.guidelineState()),
    });
    this.state = {
      phase: 'loading',
      items: [],
      chosen: null,
      flagged: null,
      progress: null,
      unsaved: 0,
      problem: null,
      refused: false,
      notice: null,
      error: null,
      ...this.guidelineState(),
    };
    this.outbox = new Outbox({
      storage,
      isRefusal,
      wait,
      key: outboxPrefix + options.scope,
      send: (entry) => this.send(entry),
      onSaved: (saved) => this.onSaved(saved),
      onRefused: (entry, problem) => this.onRefused(entry, problem),
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

  /** What the guideline that is shown asks for beside the choice. */
  get asks(): GuidelineAsks {
    return asksOf(this.state.guideline, this.options.report !== null);
  }

  /** The person has read the newest guideline. */
  readGuideline(): void {
    this.guideline.markRead();
    this.set(this.guidelineState());
  }

  /**
   * Asks for what came meanwhile: more pairs, a newer guideline, and which of the pairs here were judged in another window. With `fewest`, for a page before
   * which nobody may sit, it takes no more than one pair from the others.
   */
  async look(fewest = false): Promise<void> {
    if (this.state.phase === 'loading') return;
    await this.fill(fewest ? 1 : Math.max(1, ahead - this.state.items.length));
    this.tookOne = fewest;
  }

  /** The person touched a key while the pair on screen was there (for the time to the first key). */
  noteKey(): void {
    this.firstKeyAt ??= this.options.now();
    if (!this.tookOne) return;
    this.tookOne = false;
    void this.fill();
  }

  /** Sends a decision of the item on screen to the store; the same one again says nothing new. */
  decide(decision: Decision): void {
    const item = this.state.items[0];
    if (!item || (this.state.chosen === decision.id && decision.id !== 'ranking')) return;
    this.push(item, decision);
  }

  flag(reason: string | null): void {
    const item = this.state.items[0];
    if (item) this.options.drafts.writeFlag(item.assignmentId, reason);
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
    const rest = this.state.items.filter(({ assignmentId, current }) => assignmentId !== item.assignmentId && current === null);
    this.show([item, ...rest], { phase: 'labeling', notice: null });
  }

  /** Leaves a revisited pair as it was judged. */
  leave(): void {
    const [first, ...rest] = this.state.items;
    if (!first?.current || this.state.chosen !== null) return;
    this.options.drafts.forgetUnchanged(first.assignmentId, first.current);
    // What was refused was of this pair.
    const settled = this.state.refused ? { problem: null, refused: false } : {};
    this.show(rest, { ...settled, phase: rest.length > 0 ? 'labeling' : 'done' });
    void this.fill();
  }

  /** What was judged of the pair on screen and taken back, to be judged so again; null where there is no such thing. */
  takenBack(): Decision | null {
    const item = this.state.items[0];
    return item?.takenBack && this.state.chosen === null ? decisionOfJudgment(item.takenBack, item) : null;
  }

  private push(item: LabelItem, decision: Decision): void {
    const decided = this.options.now();
    const { assignmentId } = item;
    const { id, words: _, ...judgment } = decision;
    const { drafts } = this.options;
    const shown = Math.min(this.shownAt, decided);
    this.outbox.push({
      kind: 'judge',
      input: {
        assignmentId,
        idempotencyKey: newId('key'),
        ...judgment,
        flagged: this.state.flagged,
        rationale: drafts.read(assignmentId) || null,
        ratings: givenRatings(drafts.readRatings(assignmentId), this.asks.aspects),
        guidelineVersion: this.guideline.version,
        revises: this.outbox.replacedBy(assignmentId, item.current?.id ?? null),
        // A clock that was set back in between must not put things into an order in which they cannot have happened.
        times: { shown, firstKey: this.firstKeyAt === null ? null : Math.min(Math.max(this.firstKeyAt, shown), decided), decided },
      },
    });
    this.set({ chosen: id, unsaved: this.outbox.size, problem: null, refused: false, notice: null });
  }

  private async send(entry: Entry): Promise<Saved> {
    const { transport } = this.options;
    if (entry.kind === 'judge') return { kind: 'judge', entry, result: await transport.judge(entry.input) };
    return { kind: 'undo', entry, result: await transport.undo(entry.input) };
  }

  private onSaved(saved: Saved): void {
    this.savedCount += 1;
    const unsaved = this.outbox.size;
    const { progress, guidelineVersion } = saved.result;
    const { items } = this.state;
    void this.guideline.hear(guidelineVersion);
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

  /** A judgment that was not taken. Where the pair was judged in another window it comes back as it was judged there. */
  private async onRefused(entry: Entry, problem: unknown): Promise<void> {
    this.set({ problem, refused: true, chosen: null, unsaved: this.outbox.size });
    if (entry.kind !== 'judge') return;
    const item = await this.options.transport.revisit({ assignmentId: entry.input.assignmentId }).catch(() => null);
    const [first, ...rest] = this.state.items;
    if (!item?.current || (first && first.assignmentId !== item.assignmentId) || first?.current?.id === item.current.id) return;
    this.show([item, ...rest], { phase: 'labeling' });
    // How far they are has changed there too.
    await this.look();
  }

  private takeBack(item: LabelItem | null, progress: LabelProgress, unsaved: number): void {
    if (!item) {
      this.set({ unsaved, progress, notice: { words: 'Nothing left to take back', canRedo: false } });
      return;
    }
    const { takenBack } = item;
    const notice = {
      words: `Judgment taken back${takenBack ? `: ${decisionOfJudgment(takenBack, item).words}` : ''}`,
      canRedo: takenBack !== null,
    };
    const rest = this.state.items.filter(({ assignmentId }) => assignmentId !== item.assignmentId);
    this.show([item, ...rest], { phase: 'labeling', unsaved, progress, notice, problem: null, refused: false });
  }

  /** Brings a pair up, with what was said of it before: what is changed is changed from there. */
  private show(items: readonly LabelItem[], change: Partial<SessionState>): void {
    const { drafts, now } = this.options;
    this.shownAt = now();
    this.firstKeyAt = null;
    const [first] = items;
    const before = first?.current ?? first?.takenBack;
    if (first && before) drafts.recall(first.assignmentId, before);
    this.set({ ...change, items, chosen: null, flagged: first ? drafts.readFlag(first.assignmentId) : null });
  }

  /** Keeps a few pairs loaded behind the one on screen. @param count asks for so many whatever is left */
  private async fill(count: number | null = null): Promise<void> {
    if (this.filling || (count === null && this.state.items.length > ahead / 2)) return;
    this.filling = true;
    const { transport, purpose, report } = this.options;
    try {
      const holding = this.state.items.map(({ assignmentId }) => assignmentId);
      const savedBefore = this.savedCount;
      const {
        items: fresh,
        gone,
        progress: counted,
        guidelineVersion,
      } = await transport.queue({ purpose, report, count: count ?? ahead, holding });
      await this.guideline.hear(guidelineVersion);
      // What was saved while this was on its way has told the newer progress already, and what is gone may be back.
      const isCurrent = savedBefore === this.savedCount;
      const progress = isCurrent ? counted : this.state.progress;
      this.receive(fresh, isCurrent ? gone : [], progress);
    } catch (error) {
      if (this.options.isAway(error)) {
        await this.options.wait(awayMilliseconds);
        this.filling = false;
        return this.fill(count);
      }
      if (this.state.items.length === 0) this.set({ phase: 'failed', error });
    }
    this.filling = false;
    if (this.state.items.length === 0 && this.state.phase === 'labeling') this.set({ phase: 'done' });
  }

  private receive(fresh: readonly LabelItem[], gone: readonly string[], progress: LabelProgress | null): void {
    const before = this.state.items;
    const known = new Set(before.map(({ assignmentId }) => assignmentId));
    // One that is revisited was judged all along, and one that is being judged goes by itself.
    const kept = before.filter(
      (item, index) => item.current || (index === 0 && this.state.chosen !== null) || !gone.includes(item.assignmentId),
    );
    const items = [...kept, ...fresh.filter(({ assignmentId }) => !known.has(assignmentId))];
    const change = { progress, phase: items.length > 0 ? 'labeling' : 'done', error: null } as const;
    if (items[0]?.assignmentId === before[0]?.assignmentId) this.set({ ...change, items });
    else
      this.show(
        items,
        before.length === 0 ? change : { ...change, notice: { words: 'You judged that pair in another window', canRedo: false } },
      );
  }

  private guidelineState(): Pick<SessionState, 'guideline' | 'guidelineIsNew'> {
    return { guideline: this.guideline.current, guidelineIsNew: this.options.report === null && this.guideline.isNew };
  }

  private set(change: Partial<SessionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
