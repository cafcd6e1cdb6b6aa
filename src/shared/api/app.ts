import type { CompareApi } from './compare.ts';
import type { DataApi } from './data.ts';
import type { LabelingApi } from './labeling.ts';
import type { ModelsApi } from './models.ts';
import type { OverOptimizationApi } from './over-optimization.ts';
import type { ProjectApi } from './project.ts';
import type { RunsApi } from './runs.ts';
import type { SystemApi } from './system.ts';
import type { TeamApi } from './team.ts';

/** The whole backend, as its hosts (desktop, browser, command line) see it: use cases by concern. */
export interface App {
  project: ProjectApi;
  labeling: LabelingApi;
  data: DataApi;
  runs: RunsApi;
  overOptimization: OverOptimizationApi;
  compare: CompareApi;
  models: ModelsApi;
  team: TeamApi;
  system: SystemApi;
  /** The person at this machine, who owns the project. */
  ownerId(): string;
  /** Folder for uploads that wait to be imported. */
  uploadsFolder(): string;
  close(): Promise<void>;
}
