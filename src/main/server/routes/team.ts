import { TRPCError } from '@trpc/server';
import {
  invitePerson,
  makeGold,
  personId,
  queueRules,
  remarksInput,
  removal,
  setPersonRole,
  startCalibration,
  startJudge,
  type TeamEvent,
  teamReportInput,
} from '#shared/api/team.ts';
import { annotatorProcedure, leadProcedure, ownerProcedure, router } from '../trpc.ts';
import { eventStream } from './event-stream.ts';

export const teamRoutes = router({
  report: leadProcedure.input(teamReportInput).query(({ ctx, input }) => ctx.app.team.report(input)),
  ceiling: leadProcedure.query(({ ctx }) => ctx.app.team.ceiling()),
  /** One's own, and nobody else's. */
  mine: annotatorProcedure.query(({ ctx }) => ctx.app.team.panel(ctx.personId)),
  members: leadProcedure.query(({ ctx }) => ctx.app.team.members()),
  /** Where those who are invited find this project. */
  origins: leadProcedure.query(({ ctx }) => ctx.origins()),
  invite: leadProcedure.input(invitePerson).mutation(({ ctx, input }) => {
    if (input.role === 'lead' && ctx.role !== 'owner')
      throw new TRPCError({
        code: 'FORBIDDEN',
        message: 'Only the owner of this project makes somebody a lead. Invite them as an annotator, or ask the owner.',
      });
    return ctx.app.team.invite(input);
  }),
  renewInvite: leadProcedure.input(personId).mutation(({ ctx, input }) => ctx.app.team.renewInvite(input.personId)),
  revoke: leadProcedure.input(personId).mutation(({ ctx, input }) => ctx.app.team.revoke(input.personId)),
  setRole: ownerProcedure.input(setPersonRole).mutation(({ ctx, input }) => ctx.app.team.setRole(input)),
  queues: leadProcedure.query(({ ctx }) => ctx.app.team.queues(ctx.personId)),
  setRules: leadProcedure.input(queueRules).mutation(({ ctx, input }) => ctx.app.team.setRules(input)),
  orderAgain: leadProcedure.mutation(({ ctx }) => ctx.app.team.orderAgain()),
  startCalibration: leadProcedure.input(startCalibration).mutation(({ ctx, input }) => ctx.app.team.startCalibration(input)),
  makeGold: leadProcedure.input(makeGold).mutation(({ ctx, input }) => ctx.app.team.makeGold(ctx.personId, input)),
  active: leadProcedure.query(({ ctx }) => ctx.app.team.active()),
  measureActive: leadProcedure.mutation(({ ctx }) => ctx.app.team.measureActive()),
  judges: leadProcedure.query(({ ctx }) => ctx.app.team.judges()),
  startJudge: leadProcedure.input(startJudge).mutation(({ ctx, input }) => ctx.app.team.startJudge(input)),
  adjudicated: leadProcedure.query(({ ctx }) => ctx.app.team.adjudicated()),
  remarks: leadProcedure.input(remarksInput).query(({ ctx, input }) => ctx.app.team.remarks(input)),
  removalEffect: leadProcedure.input(removal).query(({ ctx, input }) => ctx.app.team.removalEffect(input)),
  remove: leadProcedure.input(removal).mutation(({ ctx, input }) => ctx.app.team.remove(ctx.personId, input)),
  restore: leadProcedure.input(removal).mutation(({ ctx, input }) => ctx.app.team.restore(input)),
  removed: leadProcedure.query(({ ctx }) => ctx.app.team.removed()),
  events: leadProcedure.subscription(({ ctx, signal }) => eventStream<TeamEvent>((listener) => ctx.app.team.listen(listener), signal)),
});
