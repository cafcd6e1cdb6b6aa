import { exportInput, importInput, inspectInput, listInput } from '#shared/api/data.ts';
import { leadProcedure, router } from '../trpc.ts';

export const dataRoutes = router({
  inspect: leadProcedure.input(inspectInput).mutation(({ ctx, input }) => ctx.app.data.inspect(input)),
  import: leadProcedure.input(importInput).mutation(({ ctx, input }) => ctx.app.data.import(input)),
  previewExport: leadProcedure.input(exportInput).query(({ ctx, input }) => ctx.app.data.previewExport(input)),
  list: leadProcedure.input(listInput).query(({ ctx, input }) => ctx.app.data.list(input, ctx.personId)),
});
