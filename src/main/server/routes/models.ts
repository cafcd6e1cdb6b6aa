import { askModel, checkpointId, exportModel, importModel, inspectModel, questionId, transferId } from '#shared/api/models.ts';
import { leadProcedure, ownerProcedure, router } from '../trpc.ts';

export const modelRoutes = router({
  /** These name files of the machine that the project lies on; that is its owner's to do. */
  inspect: ownerProcedure.input(inspectModel).mutation(({ ctx, input }) => ctx.app.models.inspect(input)),
  import: ownerProcedure.input(importModel).mutation(({ ctx, input }) => ctx.app.models.import(input)),
  export: ownerProcedure.input(exportModel).mutation(({ ctx, input }) => ctx.app.models.export(input)),
  transfers: leadProcedure.query(({ ctx }) => ctx.app.models.transfers()),
  stop: ownerProcedure.input(transferId).mutation(({ ctx, input }) => ctx.app.models.stop(input.transfer)),
  origin: leadProcedure.input(checkpointId).query(({ ctx, input }) => ctx.app.models.origin(input.checkpoint)),
  ask: leadProcedure.input(askModel).mutation(({ ctx, input }) => ctx.app.models.ask(input)),
  asked: leadProcedure.input(questionId).query(({ ctx, input }) => ctx.app.models.asked(input.question)),
  stopAsking: leadProcedure.input(questionId).mutation(({ ctx, input }) => ctx.app.models.stopAsking(input.question)),
  removal: leadProcedure.input(checkpointId).query(({ ctx, input }) => ctx.app.models.removal(input.checkpoint)),
  remove: ownerProcedure.input(checkpointId).mutation(({ ctx, input }) => ctx.app.models.remove(input.checkpoint)),
});
