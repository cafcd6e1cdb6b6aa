import { describe, expect, it } from 'vitest';
import { createLabeling } from '#backend/labeling/index.ts';
import { judgeInput, queueInput, undoInput } from '#shared/api/labeling.ts';
import { answerById, decisionOf, rankingDecision } from '../../../src/renderer/label/answers.ts';
import { draftStore } from '../../../src/renderer/label/drafts.ts';
import { LabelSession, type Transport } from '../../../src/renderer/label/session.ts';
import { addPair } from '../../support/judge.ts';
import { openDemoProject } from '../../support/open-project.ts';

/** localStorage as the session sees it. */
function memoryStorage() {
  const entries = new Map<string, string>();
  return {
    entries,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
}

class Away extends Error {}

/** A session on a real store, and a switch that makes the backend unreachable before or after it did what it was asked. */
function labeler(size = { pairs: 12 }) {
  const { store, owner } = openDemoProject(size);
  const labeling = createLabeling({ store });
  const storage = memoryStorage();
  const link = { away: false, loseAnswers: false, misaddress: false };
  const through = async <Result>(work: () => Result): Promise<Result> => {
    await Promise.resolve();
    if (link.away) throw new Away('nobody answers');
    const result = work();
    if (link.loseAnswers) throw new Away('the answer was lost');
    return result;
  };
  const transport: Transport = {
    queue: (input) => through(() => labeling.queue(owner, queueInput.parse(input))),
    judge: (input) =>
      through(() => labeling.judge(owner, judgeInput.parse(link.misaddress ? { ...input, assignmentId: 'asg_of_nobody' } : input))),
    undo: (input) => through(() => labeling.undo(owner, undoInput.parse(input))),
    revisit: (input) => through(() => labeling.revisit(owner, input)),
    guideline: () => through(() => store.guidelines.current() ?? null),
  };
  const open = () =>
    new LabelSession({
      transport,
      storage,
      drafts: draftStore(storage),
      guideline: store.guidelines.current() ?? null,
      scope: 'test',
      purpose: 'labeling',
      report: null,
      now: Date.now,
      wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
      isRefusal: (error) => error instanceof Error && error.name === 'PlainError',
      isAway: (error) => error instanceof Away,
    });
  /** The judgments that count, oldest first. */
  const judged = () => labeling.queue(owner, queueInput.parse({})).progress.done;
  return { session: open(), open, storage, store, link, labeling, owner, judged };
}

const until = async (condition: () => boolean) => {
  for (let turn = 0; turn < 2000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(condition()).toBe(true);
};
/** Presses an answer's key, as far as the session is concerned. */
const decide = (session: LabelSession, answer: string) => {
  const item = session.getState().items[0];
  if (item) session.decide(decisionOf(answerById(answer), item));
};
/** Presses the key that judges again what was taken back. */
const redo = (session: LabelSession) => {
  const decision = session.takenBack();
  if (decision) session.decide(decision);
};
const current = (session: LabelSession) => session.getState().items[0]?.assignmentId;

describe('LabelSession', () => {
  it('shows the next pair only when the store has the judgment', async () => {
    const { session, judged } = labeler();
    await session.start();
    for (let done = 0; done < 12; done++) {
      const before = current(session);
      decide(session, done % 2 === 0 ? 'betterA' : 'tie');
      expect(current(session)).toBe(before);
      await until(() => current(session) !== before);
      expect(judged()).toBe(done + 1);
    }
    await until(() => session.getState().phase === 'done');
  });

  it('keeps the pair on screen while the backend is away, and saves what was pressed, in order, when it is back', async () => {
    const { session, link, judged } = labeler();
    await session.start();
    const before = current(session);
    link.away = true;
    decide(session, 'betterA');
    decide(session, 'muchBetterB');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(current(session)).toBe(before);
    expect(session.getState()).toMatchObject({ unsaved: 2, chosen: 'muchBetterB' });
    link.away = false;
    await until(() => session.getState().unsaved === 0 && current(session) !== before);
    expect(judged()).toBe(1);
    session.undo();
    await until(() => session.getState().notice !== null);
    expect(session.getState().notice?.words).toBe('Judgment taken back: B much better');
  });

  it('lands a judgment once when the answer to it was lost', async () => {
    const { session, link, judged } = labeler();
    await session.start();
    link.loseAnswers = true;
    decide(session, 'betterB');
    await new Promise((resolve) => setTimeout(resolve, 10));
    link.loseAnswers = false;
    await until(() => session.getState().unsaved === 0);
    expect(judged()).toBe(1);
    session.undo();
    await until(() => session.getState().notice !== null);
    expect(judged()).toBe(0);
  });

  it('sends what a crashed page left behind before it asks for pairs', async () => {
    const { session, open, link, judged, storage } = labeler();
    await session.start();
    const before = current(session);
    link.away = true;
    decide(session, 'bothBad');
    expect(storage.getItem('plumbline.outbox.test')).toContain(before);
    const reopened = open();
    expect(reopened.getState().phase).toBe('loading');
    const started = reopened.start();
    link.away = false;
    await started;
    expect(judged()).toBe(1);
    expect(current(reopened)).not.toBe(before);
    expect(storage.getItem('plumbline.outbox.test')).toBeNull();
  });

  it('takes back many levels, judges again as before, and says when nothing is left', async () => {
    const { session, judged } = labeler();
    await session.start();
    const shown: (string | undefined)[] = [];
    for (const id of ['betterA', 'tie', 'muchBetterB']) {
      shown.push(current(session));
      decide(session, id);
      await until(() => current(session) !== shown.at(-1));
    }
    for (const assignment of shown.toReversed()) {
      session.undo();
      await until(() => current(session) === assignment);
    }
    expect(judged()).toBe(0);
    for (let level = 0; level < 3; level++) {
      const before = current(session);
      redo(session);
      await until(() => current(session) !== before);
    }
    expect(judged()).toBe(3);
    for (let level = 0; level < 4; level++) {
      session.undo();
      await until(() => session.getState().unsaved === 0);
    }
    expect(session.getState().notice?.words).toBe('Nothing left to take back');
  });

  it('sends the reason with the judgment and forgets the draft once it is saved', async () => {
    const { session, storage, labeling, owner } = labeler();
    await session.start();
    const assignment = current(session) ?? '';
    draftStore(storage).write(assignment, 'It names the room.');
    session.flag('Names a private person');
    decide(session, 'betterA');
    await until(() => current(session) !== assignment);
    expect(draftStore(storage).read(assignment)).toBe('');
    expect(session.getState().flagged).toBeNull();
    expect(labeling.queue(owner, queueInput.parse({})).progress.done).toBe(1);
  });

  it('stores a ranking of four by the slots of the comparison, whatever the order shown', async () => {
    const { session, store, judged } = labeler({ pairs: 1 });
    addPair(store, { prompt: 'Rank these', texts: ['zero', 'one', 'two', 'three'] });
    await session.start();
    decide(session, 'betterA');
    await until(() => session.getState().items[0]?.responses.length === 4);
    const item = session.getState().items[0]!;
    const shownAs = (text: string) => item.responses.findIndex(({ messages }) => messages[0]?.content === text);
    session.decide(rankingDecision([[shownAs('two')], [shownAs('zero'), shownAs('three')], [shownAs('one')]], item));
    await until(() => session.getState().phase === 'done');
    expect(judged()).toBe(2);
    session.undo();
    await until(() => session.getState().notice !== null);
    expect(session.getState().notice).toEqual({ words: 'Judgment taken back: ranking', canRedo: true });
    redo(session);
    await until(() => session.getState().phase === 'done');
    expect(store.judgments.counted().find(({ comparisonId }) => comparisonId === item.comparisonId)?.ranking).toEqual([[2], [0, 3], [1]]);
  });

  it('keeps the pair and says why when the backend refuses for good', async () => {
    const { session, link, judged } = labeler();
    await session.start();
    const assignment = current(session);
    link.misaddress = true;
    decide(session, 'betterA');
    await until(() => session.getState().refused);
    expect(session.getState()).toMatchObject({ unsaved: 0, chosen: null });
    expect(String(session.getState().problem)).toMatch(/not in your queue/);
    expect(current(session)).toBe(assignment);
    link.misaddress = false;
    decide(session, 'betterA');
    await until(() => current(session) !== assignment);
    expect(judged()).toBe(1);
  });

  it('undo brings back reason, ratings and flag, on this page and on the next, and redo judges with all of them', async () => {
    const { session, open, storage, store, labeling, owner } = labeler();
    store.guidelines.supersede({ markdown: 'Rate.', asks: { aspects: ['helpful'], minimumReason: 5 }, createdAt: 1, createdBy: null });
    await session.start();
    const drafts = draftStore(storage);
    const assignment = current(session) ?? '';
    const said = { flagged: 'Names a private person', rationale: 'It names the room.', ratings: { helpful: [4, 2] } };
    drafts.write(assignment, said.rationale);
    drafts.writeRatings(assignment, said.ratings);
    session.flag(said.flagged);
    decide(session, 'muchBetterB');
    await until(() => current(session) !== assignment);
    expect(drafts.readRatings(assignment)).toEqual({});
    expect(session.getState().flagged).toBeNull();

    // A page that was reloaded since knows nothing but what the store tells.
    const reloaded = open();
    await reloaded.start();
    reloaded.undo();
    await until(() => current(reloaded) === assignment);
    expect(reloaded.getState().notice).toEqual({ words: 'Judgment taken back: B much better', canRedo: true });
    expect(reloaded.getState().flagged).toBe(said.flagged);
    expect({ rationale: drafts.read(assignment), ratings: drafts.readRatings(assignment) }).toMatchObject({
      rationale: said.rationale,
      ratings: said.ratings,
    });

    const again = open();
    await again.start();
    expect(current(again)).toBe(assignment);
    redo(again);
    await until(() => current(again) !== assignment);
    expect(labeling.revisit(owner, { assignmentId: assignment }).current).toMatchObject({ strength: 3, ...said });
  });

  it('a pair that is revisited begins with all that was said of it, also its flag; what is emptied stays empty', async () => {
    const { session, storage, labeling, owner } = labeler();
    await session.start();
    const drafts = draftStore(storage);
    const assignment = current(session) ?? '';
    drafts.write(assignment, 'It names the room.');
    session.flag('Wrong language');
    decide(session, 'betterA');
    await until(() => current(session) !== assignment);
    const judged = () => labeling.revisit(owner, { assignmentId: assignment });
    session.revisit(judged());
    expect(session.getState().flagged).toBe('Wrong language');
    decide(session, 'betterB');
    await until(() => current(session) !== assignment);
    expect(judged().current).toMatchObject({ flagged: 'Wrong language', rationale: 'It names the room.' });
    // Left as it was, nothing of it stays behind; emptied and left, the emptying does.
    session.revisit(judged());
    session.leave();
    expect(drafts.read(assignment)).toBe('');
    session.revisit(judged());
    session.flag(null);
    drafts.write(assignment, '');
    session.leave();
    session.revisit(judged());
    expect(session.getState().flagged).toBeNull();
    expect(drafts.read(assignment)).toBe('');
    decide(session, 'tie');
    await until(() => current(session) !== assignment);
    expect(judged().current).toMatchObject({ flagged: null, rationale: null, ranking: { length: 1 } });
  });

  it('a newer guideline shows, is announced and asked from the next pair on; the judgment made before is not booked under it', async () => {
    const { session, store, storage, labeling, owner } = labeler();
    await session.start();
    expect(session.getState()).toMatchObject({ guideline: { version: 1 }, guidelineIsNew: false });
    store.guidelines.supersede({ markdown: 'Rate.', asks: { aspects: ['helpful'], minimumReason: 3 }, createdAt: 1, createdBy: null });
    const before = current(session) ?? '';
    decide(session, 'betterA');
    await until(() => session.getState().guideline?.version === 2 && current(session) !== before);
    expect(session.getState().guidelineIsNew).toBe(true);
    expect(session.asks).toEqual({ aspects: ['helpful'], minimumReason: 3 });
    const bookedUnder = (assignment: string) => store.judgments.get(store.assignments.get(assignment)?.latest ?? 0)?.guidelineVersion;
    expect(bookedUnder(before)).toBe(1);
    const next = current(session) ?? '';
    const drafts = draftStore(storage);
    drafts.write(next, 'It says when.');
    drafts.writeRatings(next, { helpful: [5, 1], correct: [1, 1] });
    decide(session, 'betterA');
    await until(() => current(session) !== next);
    expect(bookedUnder(next)).toBe(2);
    expect(labeling.revisit(owner, { assignmentId: next }).current?.ratings).toEqual({ helpful: [5, 1] });
    session.readGuideline();
    expect(session.getState().guidelineIsNew).toBe(false);
  });

  it('two windows of one person: neither replaces unseen what the other said, and a look lets go what the other judged', async () => {
    const { session: one, open, store } = labeler();
    await one.start();
    const two = open();
    await two.start();
    const pair = current(one) ?? '';
    expect(current(two)).toBe(pair);
    decide(one, 'betterA');
    await until(() => current(one) !== pair);
    decide(two, 'muchBetterB');
    await until(() => two.getState().refused && two.getState().items[0]?.current != null);
    expect(String(two.getState().problem)).toMatch(/in another window/);
    await until(() => two.getState().progress?.done === 1);
    expect(current(two)).toBe(pair);
    const counted = () => store.judgments.counted().map(({ strength }) => strength);
    expect(counted()).toEqual([1]);
    // Now that they see it, they may.
    decide(two, 'muchBetterB');
    await until(() => current(two) !== pair);
    expect(counted()).toEqual([3]);

    const next = current(two) ?? '';
    decide(two, 'betterA');
    await until(() => current(two) !== next);
    expect(current(one)).toBe(next);
    await one.look();
    expect(current(one)).toBe(current(two));
    expect(one.getState().notice?.words).toBe('You judged that pair in another window');
  });

  it('what one window could not send yet is not forgotten by another', async () => {
    const { session: one, open, link, storage, judged } = labeler();
    await one.start();
    const two = open();
    await two.start();
    await two.look();
    link.away = true;
    decide(one, 'betterA');
    const [, second] = two.getState().items;
    two.revisit(second!);
    decide(two, 'betterB');
    const kept = JSON.parse(storage.getItem('plumbline.outbox.test') ?? '[]') as { input: { assignmentId: string } }[];
    expect(kept.map(({ input }) => input.assignmentId)).toEqual([current(one), second!.assignmentId]);
    link.away = false;
    await until(() => one.getState().unsaved + two.getState().unsaved === 0);
    expect(judged()).toBe(2);
    expect(storage.getItem('plumbline.outbox.test')).toBeNull();
  });

  it('whoever has finished is given what comes later, one pair at first and more once they are there', async () => {
    const { session, store } = labeler({ pairs: 1 });
    await session.start();
    decide(session, 'betterA');
    await until(() => session.getState().phase === 'done');
    await session.look(true);
    expect(session.getState().phase).toBe('done');
    for (const prompt of ['one', 'two', 'three']) addPair(store, { prompt, texts: [`${prompt} a`, `${prompt} b`] });
    await session.look(true);
    expect(session.getState()).toMatchObject({ phase: 'labeling', items: { length: 1 } });
    session.noteKey();
    await until(() => session.getState().items.length === 3);
  });
});
