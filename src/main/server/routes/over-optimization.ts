import { leadProcedure, router } from '../trpc.ts';

export const overOptimizationRoutes = router({
  get: leadProcedure.query(({ ctx }) => ctx.app.overOptimization.get()),
  start: leadProcedure.mutation(({ ctx }) => ctx.app.overOptimization.start()),
});
