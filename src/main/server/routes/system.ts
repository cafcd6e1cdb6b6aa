import { leadProcedure, router } from '../trpc.ts';

export const systemRoutes = router({
  doctor: leadProcedure.query(({ ctx }) => ctx.app.system.doctor()),
});
