import { expect } from 'vitest';
import { createLabeling } from '#backend/labeling/index.ts';
import { judgeInput, queueInput, undoInput } from '#shared/api/labeling.ts';
import { answerById, decisionOf } from '../../../src/renderer/label/answers.ts';
import { draftStore } from '../../../src/renderer/label/drafts.ts';
import { LabelSession, type Transport } from '../../../src/renderer/label/session.ts';
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
export function labeler(size = { pairs: 12 }) {
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

export const until = async (condition: () => boolean) => {
  for (let turn = 0; turn < 2000 && !condition(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(condition()).toBe(true);
};
/** Presses an answer's key, as far as the session is concerned. */
export const decide = (session: LabelSession, answer: string) => {
  const item = session.getState().items[0];
  if (item) session.decide(decisionOf(answerById(answer), item));
};
/** Presses the key that judges again what was taken back. */
export const redo = (session: LabelSession) => {
  const decision = session.takenBack();
  if (decision) session.decide(decision);
};
export const current = (session: LabelSession) => session.getState().items[0]?.assignmentId;
