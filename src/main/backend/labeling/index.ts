import type { z } from 'zod';
import type { JudgeResult, judgeInput, LabelingApi, LabelProgress, queueInput, undoInput } from '#shared/api/labeling.ts';
import type { AspectRatings } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import { queueOf } from '#store/queries/comparisons.ts';
import type { BackendContext } from '../context.ts';
import { choiceOf } from './choice.ts';
import { settle } from './escalate.ts';
import { itemOf } from './item.ts';
import { mine, revisit } from './mine.ts';
import { adjudicationQueue, availableTo, giveNext } from './next.ts';
import { createSessions } from './session.ts';

/**
 * Handing pairs out, taking judgments in, and taking them back (spec/labeling.md). Every call is one transaction.
 * @param onJudged hears of every judgment that landed or was taken back, by whom
 */
export function createLabeling({ store }: Pick<BackendContext, 'store'>, onJudged: (personId: string) => void = () => {}): LabelingApi {
  const sessions = createSessions(store);

  function progress(personId: string, queue: string): LabelProgress {
    const { judged, setAside } = store.progress.ofPerson(personId, queue);
    const done = judged + setAside;
    const left = store.assignments.openCount(personId, queue) + availableTo(store, personId, queue);
    return { done, total: done + left, ...sessions.pace(personId) };
  }

  /** Tells only what is on disk. */
  function told<Result>(personId: string, work: () => Result): Result {
    const result = store.transaction(work);
    onJudged(personId);
    return result;
  }

  return {
    queue: (personId, input: z.output<typeof queueInput>) =>
      store.transaction(() => {
        const queue = queueKey(input);
        const held = new Set(input.holding);
        const open = store.assignments.open(personId, queue, input.count + held.size).filter(({ id }) => !held.has(id));
        const items = open.slice(0, input.count);
        while (items.length < input.count) {
          const next = giveNext(store, personId, queue);
          if (!next) break;
          items.push(next);
        }
        return { items: items.map((assignment) => itemOf(store, assignment)), progress: progress(personId, queue) };
      }),

    judge: (personId, input: z.output<typeof judgeInput>): JudgeResult =>
      told(personId, () => {
        const assignment = store.assignments.get(input.assignmentId);
        if (assignment?.personId !== personId) {
          throw new PlainError(
            'not_found',
            'This pair is not in your queue, so the judgment was not stored. Reload the page and judge it again.',
          );
        }
        const before = store.judgments.byKey(personId, input.idempotencyKey);
        if (before) {
          if (before.assignmentId === assignment.id) return { judgmentId: before.id, progress: progress(personId, assignment.queue) };
          throw new PlainError('conflict', 'This judgment carries the key of another one, so it was not stored. Judge the pair again.');
        }
        const row = {
          id: newId('jdg'),
          assignmentId: assignment.id,
          personId,
          ...choiceOf(input, assignment.orderShown),
          bothBad: input.skipped === null && input.bothBad,
          skipped: input.skipped,
          flagged: input.flagged,
          withdrawn: false,
          rationale: input.rationale,
          ratings: ratingsOf(input, assignment.orderShown.length),
          guidelineVersion: store.guidelines.current()?.version ?? null,
          shownAt: input.times.shown,
          firstKeyAt: input.times.firstKey,
          decidedAt: input.times.decided,
          receivedAt: Date.now(),
          revises: assignment.latest,
          idempotencyKey: input.idempotencyKey,
          importId: null,
        };
        store.judgments.insert(row);
        settle(store, assignment);
        if (assignment.state === 'open') sessions.judged(personId, row.receivedAt, 1);
        return { judgmentId: row.id, progress: progress(personId, assignment.queue) };
      }),

    mine: (personId, input) => mine(store, personId, input),
    revisit: (personId, { assignmentId }) => revisit(store, personId, assignmentId),

    undo: (personId, input: z.output<typeof undoInput>) =>
      told(personId, () => {
        const queue = queueKey(input);
        const before = store.judgments.byKey(personId, input.idempotencyKey);
        const target = before ? store.assignments.get(before.assignmentId) : store.assignments.latest(personId, queue);
        if (!target) return { item: null, progress: progress(personId, queue) };
        if (!before) {
          const now = Date.now();
          store.judgments.insert({
            id: newId('jdg'),
            assignmentId: target.id,
            personId,
            ranking: null,
            strength: null,
            bothBad: false,
            skipped: null,
            flagged: null,
            withdrawn: true,
            rationale: null,
            guidelineVersion: null,
            shownAt: now,
            firstKeyAt: null,
            decidedAt: now,
            receivedAt: now,
            revises: target.latest,
            idempotencyKey: input.idempotencyKey,
            importId: null,
          });
          settle(store, target);
          sessions.judged(personId, now, -1);
        }
        const reopened = store.assignments.get(target.id) ?? target;
        return { item: itemOf(store, reopened), progress: progress(personId, queue) };
      }),
  };
}

/** @throws PlainError bad_input when an aspect does not rate each response */
function ratingsOf({ ratings }: z.output<typeof judgeInput>, responses: number): AspectRatings | null {
  for (const [aspect, values] of Object.entries(ratings ?? {})) {
    if (values.length !== responses)
      throw new PlainError(
        'bad_input',
        `“${aspect}” rates ${values.length} of ${responses} responses, so the judgment was not stored. Rate each.`,
      );
  }
  return ratings;
}

function queueKey({ purpose, report }: { purpose: z.output<typeof queueInput>['purpose']; report: string | null }): string {
  if ((purpose === 'study') !== (report !== null)) {
    throw new PlainError('bad_input', 'A blind vote belongs to a comparison report, and only a blind vote does. Open it from the report.');
  }
  return purpose === 'adjudication' ? adjudicationQueue : queueOf(purpose, report);
}
