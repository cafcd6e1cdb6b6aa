import { keepHubToken } from '#shared/api/system.ts';
import { backendSetting, tensorflowVariant } from '#shared/backends.ts';
import { leadProcedure, ownerProcedure, router } from '../trpc.ts';

export const systemRoutes = router({
  doctor: leadProcedure.query(({ ctx }) => ctx.app.system.doctor()),
  chooseBackend: leadProcedure.input(backendSetting).mutation(({ ctx, input }) => ctx.app.system.chooseBackend(input)),
  setUpTensorflow: leadProcedure.input(tensorflowVariant).mutation(({ ctx, input }) => ctx.app.system.setUpTensorflow(input)),
  /** Of the person at this machine: what a token opens is theirs. Not for others who lead the project. */
  hubToken: ownerProcedure.query(({ ctx }) => ctx.app.system.hubToken()),
  keepHubToken: ownerProcedure.input(keepHubToken).mutation(({ ctx, input }) => ctx.app.system.keepHubToken(input)),
  forgetHubToken: ownerProcedure.mutation(({ ctx }) => ctx.app.system.forgetHubToken()),
});
