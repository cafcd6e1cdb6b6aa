import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSupervisor } from '#jobs/supervisor.ts';
import type { App } from '#shared/api/app.ts';
import type { ProjectApi } from '#shared/api/project.ts';
import type { RunEvent } from '#shared/api/runs.ts';
import type { TeamEvent } from '#shared/api/team.ts';
import { PlainError } from '#shared/errors.ts';
import type { SecretKeeper } from '#shared/secret-keeper.ts';
import { openStore, type Store } from '#store/store.ts';
import { createCompare } from './compare/index.ts';
import type { BackendContext } from './context.ts';
import { createProjectFolder } from './create-project.ts';
import { createData } from './data/index.ts';
import { defaultDataFolder, defaultDemoFolder, uploadsFolder } from './folders.ts';
import { createHubToken } from './hub-token.ts';
import { createLabeling } from './labeling/index.ts';
import { createMachine } from './machine/index.ts';
import { createModels } from './models/index.ts';
import { createOverOptimization } from './over-optimization.ts';
import { ownerOf } from './people.ts';
import { createProjects } from './projects.ts';
import { recentProjects, rememberProject } from './recent.ts';
import { createRuns } from './runs/index.ts';
import { createSystem } from './system.ts';
import { createTeam } from './team/index.ts';

export interface AppOptions {
  /** A project to open; without one, that opened last, and on a first start the demo project. */
  projectPath?: string;
  /** Default: the platform's place, or PLUMBLINE_DATA. */
  dataFolder?: string;
  /** What a demo project is made from. Default: the one that ships with the app. */
  demoFolder?: string;
  /** Put the project on the list of recent ones, whose first opens at the next start. Default true. */
  remember?: boolean;
  /** The keyring of whoever hosts this. Default: none. */
  keeper?: SecretKeeper | null;
}

/**
 * The whole backend in one process: the open project's store with every concern made on it.
 * @throws PlainError when the project cannot be opened (another copy has it, it is damaged or newer), or the demo cannot be made
 */
export function createApp(options: AppOptions = {}): App {
  const { projectPath, dataFolder = defaultDataFolder(), demoFolder = defaultDemoFolder(), remember = true, keeper = null } = options;
  mkdirSync(dataFolder, { recursive: true });
  const uploads = uploadsFolder(dataFolder);
  const machine = createMachine(dataFolder);
  const hubToken = createHubToken(keeper);
  /** Who follows runs goes on following when another project opens. */
  const listeners = new Set<(event: RunEvent) => void>();
  const teamListeners = new Set<(event: TeamEvent) => void>();
  let current = openProject(projectPath ?? firstProject());

  function firstProject(): string {
    const last = recentProjects(dataFolder)[0];
    if (last) return last.path;
    const demo = join(dataFolder, 'Front desk.plumbline');
    return existsSync(demo) ? demo : createProjectFolder(demo, demoFolder);
  }

  function openProject(path: string) {
    const store = openStore(path);
    try {
      const project = compose(store);
      if (remember) rememberProject(dataFolder, { path: store.folder, name: store.name });
      return project;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  function compose(store: Store) {
    const closing: (() => void | Promise<void>)[] = [];
    const jobs = createSupervisor({ environment: machine.environment });
    const sideJobs = createSupervisor({ environment: machine.environment });
    const context: BackendContext = {
      store,
      jobs,
      sideJobs,
      dataFolder,
      uploadsFolder: uploads,
      hubToken: hubToken.find,
      onClose: (work) => void closing.push(work),
    };
    const compare = createCompare(context);
    const team = createTeam(context);
    team.listen((event) => {
      for (const listener of teamListeners) listener(event);
    });
    const runs = createRuns(context);
    runs.listen((event) => {
      for (const listener of listeners) listener(event);
    });
    return {
      store,
      labeling: createLabeling(context, team.judged),
      team: { ...team, listen: listenToTeam },
      data: createData(context),
      runs: { ...runs, listen },
      overOptimization: createOverOptimization(context, runs),
      compare,
      models: createModels(context, compare),
      here: createProjects(context, compare),
      async close() {
        // Whoever started a job stops it and stores how it ended; then the engines go.
        await Promise.all(closing.map((work) => work()));
        await Promise.all([jobs.close(), sideJobs.close()]);
        store.close();
      },
    };
  }

  function listen(listener: (event: RunEvent) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  function listenToTeam(listener: (event: TeamEvent) => void): () => void {
    teamListeners.add(listener);
    return () => void teamListeners.delete(listener);
  }

  /** Opens another project in this one's place; this one stays open if the other cannot be. */
  function replace(folder: string): void {
    const path = resolve(folder);
    if (path === current.store.folder) return;
    const busy = current.store.runs.unfinished()[0] ?? current.store.reports.unfinished()[0];
    if (busy) {
      throw new PlainError(
        'conflict',
        `${busy.name} is still under way in ${current.store.name}. Stop it first, then open the other project.`,
      );
    }
    const left = current;
    current = openProject(path);
    void left.close();
  }

  const system = createSystem(machine, hubToken);
  return {
    get project(): ProjectApi {
      const { here } = current;
      return {
        ...here,
        open: ({ path }) => replace(path),
        create: ({ path, demo }) => replace(createProjectFolder(path, demo ? demoFolder : null)),
      };
    },
    get labeling() {
      return current.labeling;
    },
    get team() {
      return current.team;
    },
    get data() {
      return current.data;
    },
    get runs() {
      return current.runs;
    },
    get overOptimization() {
      return current.overOptimization;
    },
    get compare() {
      return current.compare;
    },
    get models() {
      return current.models;
    },
    system,
    ownerId: () => ownerOf(current.store).id,
    uploadsFolder: () => uploads,
    close: async () => {
      await Promise.all([current.close(), machine.close()]);
    },
  };
}
