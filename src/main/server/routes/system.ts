import { backendSetting, tensorflowVariant } from '#shared/backends.ts';
import { leadProcedure, router } from '../trpc.ts';

export const systemRoutes = router({
  doctor: leadProcedure.query(({ ctx }) => ctx.app.system.doctor()),
  chooseBackend: leadProcedure.input(backendSetting).mutation(({ ctx, input }) => ctx.app.system.chooseBackend(input)),
  setUpTensorflow: leadProcedure.input(tensorflowVariant).mutation(({ ctx, input }) => ctx.app.system.setUpTensorflow(input)),
});
