import { compareRoutes } from './routes/compare.ts';
import { dataRoutes } from './routes/data.ts';
import { labelingRoutes } from './routes/labeling.ts';
import { modelRoutes } from './routes/models.ts';
import { overOptimizationRoutes } from './routes/over-optimization.ts';
import { projectRoutes } from './routes/project.ts';
import { runRoutes } from './routes/runs.ts';
import { systemRoutes } from './routes/system.ts';
import { teamRoutes } from './routes/team.ts';
import { router } from './trpc.ts';

/** Everything that a page can ask of the backend. The renderer imports this type and nothing else of the server. */
export const appRouter = router({
  project: projectRoutes,
  labeling: labelingRoutes,
  data: dataRoutes,
  runs: runRoutes,
  overOptimization: overOptimizationRoutes,
  compare: compareRoutes,
  models: modelRoutes,
  team: teamRoutes,
  system: systemRoutes,
});
export type AppRouter = typeof appRouter;
