import { createProject, type Me, openProject, renameMe, saveGuideline, saveSetting, setSimulated } from '#shared/api/project.ts';
import { version } from '#shared/version.ts';
import { annotatorProcedure, leadProcedure, router } from '../trpc.ts';

export const projectRoutes = router({
  me: annotatorProcedure.query(({ ctx }): Me => {
    const person = ctx.app.project.person(ctx.personId);
    return { personId: ctx.personId, name: person.name, role: ctx.role, host: ctx.host, version };
  }),
  summary: annotatorProcedure.query(({ ctx }) => ctx.app.project.summary(ctx.personId)),
  stations: leadProcedure.query(({ ctx }) => ctx.app.project.stations()),
  recent: leadProcedure.query(({ ctx }) => ctx.app.project.recent()),
  open: leadProcedure.input(openProject).mutation(({ ctx, input }) => ctx.app.project.open(input)),
  create: leadProcedure.input(createProject).mutation(({ ctx, input }) => ctx.app.project.create(input)),
  setSimulated: leadProcedure.input(setSimulated).mutation(({ ctx, input }) => ctx.app.project.setSimulated(input)),
  guidelines: annotatorProcedure.query(({ ctx }) => ctx.app.project.guidelines()),
  saveGuideline: leadProcedure.input(saveGuideline).mutation(({ ctx, input }) => ctx.app.project.saveGuideline(ctx.personId, input)),
  renameMe: annotatorProcedure.input(renameMe).mutation(({ ctx, input }) => ctx.app.project.renamePerson(ctx.personId, input)),
  settings: annotatorProcedure.query(({ ctx }) => ctx.app.project.settings(ctx.personId)),
  saveSetting: annotatorProcedure.input(saveSetting).mutation(({ ctx, input }) => ctx.app.project.saveSetting(ctx.personId, input)),
});
