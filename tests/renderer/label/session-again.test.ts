import { describe, expect, it } from 'vitest';
import { draftStore } from '../../../src/renderer/label/drafts.ts';
import { addPair } from '../../support/judge.ts';
import { current, decide, labeler, redo, until } from './labeler.ts';

describe('LabelSession, when something is said again', () => {
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
