import { reportId, reportRows, startComparison } from '#shared/api/compare.ts';
import { leadProcedure, router } from '../trpc.ts';

export const compareRoutes = router({
  checkpoints: leadProcedure.query(({ ctx }) => ctx.app.compare.checkpoints()),
  start: leadProcedure.input(startComparison).mutation(({ ctx, input }) => ctx.app.compare.start(input)),
  stop: leadProcedure.input(reportId).mutation(({ ctx, input }) => ctx.app.compare.stop(input.report)),
  list: leadProcedure.query(({ ctx }) => ctx.app.compare.list(ctx.personId)),
  get: leadProcedure.input(reportId).query(({ ctx, input }) => ctx.app.compare.get(ctx.personId, input.report)),
  rows: leadProcedure.input(reportRows).query(({ ctx, input }) => ctx.app.compare.rows(ctx.personId, input)),
});
