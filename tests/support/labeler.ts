import { createLabeling } from '#backend/labeling/index.ts';
import { type JudgeInput, judgeInput, queueInput, undoInput } from '#shared/api/labeling.ts';
import type { Store } from '#store/store.ts';

let keys = 0;
const key = () => `labeler-key-${keys++}`;

/** One person at the labeling queue, with what every call has filled in. */
export function labelerOf(store: Store, person: string) {
  const labeling = createLabeling({ store });
  const queue = (given: object = {}) => labeling.queue(person, queueInput.parse(given));
  return {
    labeling,
    queue,
    judge: (given: Partial<JudgeInput> & Pick<JudgeInput, 'assignmentId'>) =>
      labeling.judge(
        person,
        judgeInput.parse({ idempotencyKey: key(), ranking: [[0], [1]], times: { shown: 1, firstKey: 2, decided: 3 }, ...given }),
      ),
    undo: () => labeling.undo(person, undoInput.parse({ idempotencyKey: key() })),
    revisit: (assignmentId: string) => labeling.revisit(person, { assignmentId }),
    /** The next pair. */
    first: () => {
      const item = queue({ count: 1 }).items[0];
      if (!item) throw new Error('the queue is empty');
      return item;
    },
  };
}
