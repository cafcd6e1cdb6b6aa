import type { ProjectEvent } from '#shared/api/project.ts';
import type { RunEvent } from '#shared/api/runs.ts';
import { acknowledgeInput, planInput, runId, runMetricsInput, sampleTokensInput, startRun, sweepRuns } from '#shared/api/runs.ts';
import { leadProcedure, router } from '../trpc.ts';
import { eventStream } from './event-stream.ts';

export const runRoutes = router({
  plan: leadProcedure.input(planInput).query(({ ctx, input }) => ctx.app.runs.plan(input)),
  start: leadProcedure.input(startRun).mutation(({ ctx, input }) => ctx.app.runs.start(input)),
  sweep: leadProcedure.input(sweepRuns).mutation(({ ctx, input }) => ctx.app.runs.sweep(input)),
  stop: leadProcedure.input(runId).mutation(({ ctx, input }) => ctx.app.runs.stop(input.run)),
  resume: leadProcedure.input(runId).mutation(({ ctx, input }) => ctx.app.runs.resume(input.run)),
  finish: leadProcedure.input(runId).mutation(({ ctx, input }) => ctx.app.runs.finish(input.run)),
  reproduce: leadProcedure.input(runId).mutation(({ ctx, input }) => ctx.app.runs.reproduce(input.run)),
  stopReproducing: leadProcedure.input(runId).mutation(({ ctx, input }) => ctx.app.runs.stopReproducing(input.run)),
  acknowledge: leadProcedure.input(acknowledgeInput).mutation(({ ctx, input }) => ctx.app.runs.acknowledge(ctx.personId, input)),
  list: leadProcedure.query(({ ctx }) => ctx.app.runs.list()),
  get: leadProcedure.input(runId).query(({ ctx, input }) => ctx.app.runs.get(input.run)),
  metrics: leadProcedure.input(runMetricsInput).query(({ ctx, input }) => ctx.app.runs.metrics(input)),
  samples: leadProcedure.input(runId).query(({ ctx, input }) => ctx.app.runs.samples(input.run)),
  sampleTokens: leadProcedure.input(sampleTokensInput).query(({ ctx, input }) => ctx.app.runs.sampleTokens(input)),
  /** Of all runs, and when another project opens: one stream, for a browser allows six connections to an origin. */
  events: leadProcedure.subscription(({ ctx, signal }) =>
    eventStream<RunEvent | ProjectEvent>((listener) => {
      const endings = [ctx.app.runs.listen(listener), ctx.app.project.listen(listener)];
      return () => endings.forEach((end) => void end());
    }, signal),
  ),
});
