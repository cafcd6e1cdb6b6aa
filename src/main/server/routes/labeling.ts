import { judgeInput, queueInput, undoInput } from '#shared/api/labeling.ts';
import { annotatorProcedure, router } from '../trpc.ts';

export const labelingRoutes = router({
  /** A mutation, since handing pairs out assigns them. */
  queue: annotatorProcedure.input(queueInput).mutation(({ ctx, input }) => ctx.app.labeling.queue(ctx.personId, input)),
  judge: annotatorProcedure.input(judgeInput).mutation(({ ctx, input }) => ctx.app.labeling.judge(ctx.personId, input)),
  undo: annotatorProcedure.input(undoInput).mutation(({ ctx, input }) => ctx.app.labeling.undo(ctx.personId, input)),
});
