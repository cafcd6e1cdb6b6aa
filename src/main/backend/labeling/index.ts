import type { z } from 'zod';
import type { JudgeResult, judgeInput, LabelingApi, LabelNews, queueInput, undoInput } from '#shared/api/labeling.ts';
import { PlainError } from '#shared/errors.ts';
import { newId } from '#shared/ids.ts';
import type { Assignment } from '#store/queries/assignments.ts';
import { isStudy, queueOf } from '#store/queries/comparisons.ts';
import type { Store } from '#store/store.ts';
import type { BackendContext } from '../context.ts';
import { choiceOf } from './choice.ts';
import { settle } from './escalate.ts';
import { guidelineOf, ratingsOf } from './guideline.ts';
import { itemOf } from './item.ts';
import { mine, revisit } from './mine.ts';
import { adjudicationQueue, availableTo, giveNext } from './next.ts';
import { createSessions } from './session.ts';
import { timesOf } from './times.ts';

/**
 * Handing pairs out, taking judgments in, and taking them back (spec/labeling.md). Every call is one transaction.
 * @param onJudged hears of every judgment that landed or was taken back, by whom
 */
export function createLabeling({ store }: Pick<BackendContext, 'store'>, onJudged: (personId: string) => void = () => {}): LabelingApi {
  const sessions = createSessions(store);

  function news(personId: string, queue: string): LabelNews {
    const { judged, setAside } = store.progress.ofPerson(personId, queue);
    const done = judged + setAside;
    const left = store.assignments.openCount(personId, queue) + availableTo(store, personId, queue);
    return {
      progress: { done, total: done + left, ...sessions.pace(personId) },
      guidelineVersion: store.guidelines.currentVersion(),
    };
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
        const gone = input.holding.filter((id) => {
          const assignment = store.assignments.get(id);
          return assignment?.personId !== personId || assignment.state !== 'open';
        });
        return { items: items.map((assignment) => itemOf(store, assignment)), gone, ...news(personId, queue) };
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
          if (before.assignmentId === assignment.id) return { judgmentId: before.id, ...news(personId, assignment.queue) };
          throw new PlainError('conflict', 'This judgment carries the key of another one, so it was not stored. Judge the pair again.');
        }
        refuseUnseen(store, assignment, input.revises);
        const guideline = guidelineOf(store, input.guidelineVersion);
        const receivedAt = Date.now();
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
          ratings: ratingsOf(input, isStudy(assignment.queue) ? null : (guideline?.asks ?? null), assignment.orderShown.length),
          guidelineVersion: guideline?.version ?? null,
          ...timesOf(input.times, receivedAt),
          receivedAt,
          revises: assignment.latest,
          idempotencyKey: input.idempotencyKey,
          importId: null,
        };
        store.judgments.insert(row);
        settle(store, assignment);
        if (assignment.state === 'open') sessions.judged(personId, receivedAt, 1);
        return { judgmentId: row.id, ...news(personId, assignment.queue) };
      }),

    mine: (personId, input) => mine(store, personId, input),
    revisit: (personId, { assignmentId }) => revisit(store, personId, assignmentId),

    undo: (personId, input: z.output<typeof undoInput>) =>
      told(personId, () => {
        const queue = queueKey(input);
        const before = store.judgments.byKey(personId, input.idempotencyKey);
        const target = before ? store.assignments.get(before.assignmentId) : store.assignments.latest(personId, queue);
        if (!target) return { item: null, ...news(personId, queue) };
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
        return { item: itemOf(store, reopened), ...news(personId, queue) };
      }),
  };
}

/** @throws PlainError conflict where a judgment counts that the page did not know of, which would be replaced unseen */
function refuseUnseen(store: Store, { state, latest }: Assignment, known: string | null | undefined): void {
  if (known === undefined || state === 'open' || latest === null) return;
  const counting = store.judgments.get(latest);
  if (!counting || counting.id === known || counting.idempotencyKey === known) return;
  throw new PlainError(
    'conflict',
    'You judged this pair in another window meanwhile, so this judgment was not stored. What you said there stands; judge the pair again to change it.',
  );
}

function queueKey({ purpose, report }: { purpose: z.output<typeof queueInput>['purpose']; report: string | null }): string {
  if ((purpose === 'study') !== (report !== null)) {
    throw new PlainError('bad_input', 'A blind vote belongs to a comparison report, and only a blind vote does. Open it from the report.');
  }
  return purpose === 'adjudication' ? adjudicationQueue : queueOf(purpose, report);
}
