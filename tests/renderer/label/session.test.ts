import { describe, expect, it } from 'vitest';
import { queueInput } from '#shared/api/labeling.ts';
import { rankingDecision } from '../../../src/renderer/label/answers.ts';
import { draftStore } from '../../../src/renderer/label/drafts.ts';
import { addPair } from '../../support/judge.ts';
import { current, decide, labeler, redo, until } from './labeler.ts';

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
});
