import { TRPCError } from '@trpc/server';
import { judgeInput, mineInput, queueInput, revisitInput, undoInput, type WorkQueue } from '#shared/api/labeling.ts';
import type { Context } from '../trpc.ts';
import { annotatorProcedure, router } from '../trpc.ts';

export const labelingRoutes = router({
  /** A mutation, since handing pairs out assigns them. */
  queue: annotatorProcedure.input(queueInput).mutation(({ ctx, input }) => {
    allow(ctx, input.purpose);
    return ctx.app.labeling.queue(ctx.personId, input);
  }),
  judge: annotatorProcedure.input(judgeInput).mutation(({ ctx, input }) => ctx.app.labeling.judge(ctx.personId, input)),
  mine: annotatorProcedure.input(mineInput).query(({ ctx, input }) => ctx.app.labeling.mine(ctx.personId, input)),
  revisit: annotatorProcedure.input(revisitInput).query(({ ctx, input }) => ctx.app.labeling.revisit(ctx.personId, input)),
  undo: annotatorProcedure.input(undoInput).mutation(({ ctx, input }) => {
    allow(ctx, input.purpose);
    return ctx.app.labeling.undo(ctx.personId, input);
  }),
});

/** Pairs that people could not agree on are the lead's to decide. */
function allow({ role }: Context, purpose: WorkQueue): void {
  if (purpose !== 'adjudication' || role !== 'annotator') return;
  throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the lead of this project decides what others could not agree on. Ask them to.' });
}
