import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createSupervisor } from '#jobs/supervisor.ts';
import type { App } from '#shared/api/app.ts';
import type { ProjectApi, ProjectEvent } from '#shared/api/project.ts';
import type { RunEvent } from '#shared/api/runs.ts';
import type { TeamEvent } from '#shared/api/team.ts';
import { PlainError } from '#shared/errors.ts';
import type { SecretKeeper } from '#shared/secret-keeper.ts';
import { openStore, type Store } from '#store/store.ts';
import { createCompare } from './compare/index.ts';
import type { BackendContext } from './context.ts';
import { createProjectFolder } from './create-project.ts';
import { createData } from './data/index.ts';
import { defaultDataFolder, defaultDemoFolder, typedFolder, uploadsFolder } from './folders.ts';
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

/** Milliseconds after which an opened project is copied, if today it was not: the first page has come by then. */
const settled = 5000;

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
  const projectListeners = new Set<(event: ProjectEvent) => void>();
  const teamListeners = new Set<(event: TeamEvent) => void>();
  /** Why the project that was open last is not the one that opened now. */
  let refusal: string | null = null;
  let current = projectPath === undefined ? openLast() : openProject(projectPath);

  /** The project that was open last. One that cannot be opened must not keep a person from all others: the next is, at last a demo, and the page says why. */
  function openLast() {
    const recent = recentProjects(dataFolder).map(({ path }) => path);
    for (const path of [...recent, ...demoPlaces().slice(0, 1)]) {
      if (!existsSync(path)) continue;
      try {
        return openProject(path);
      } catch (error) {
        // A second copy of the app is an accident: it must not open another project instead.
        if (!(error instanceof PlainError) || error.code === 'conflict') throw error;
        refusal ??= error.message;
      }
    }
    const free = demoPlaces().find((path) => !existsSync(path));
    return openProject(createProjectFolder(free ?? join(dataFolder, `Front desk ${Date.now()}.plumbline`), demoFolder));
  }

  function demoPlaces(): string[] {
    return ['Front desk', 'Front desk 2', 'Front desk 3'].map((name) => join(dataFolder, `${name}.plumbline`));
  }

  function openProject(path: string) {
    const store = openStore(path);
    try {
      const project = compose(store);
      if (remember) rememberProject(dataFolder, { path: store.folder, name: store.name });
      const backUp = setTimeout(() => void store.backUpDaily(), settled).unref();
      project.closing.push(() => clearTimeout(backUp));
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
      closing,
      labeling: createLabeling(context, team.judged),
      team: { ...team, listen: (listener: (event: TeamEvent) => void) => follow(teamListeners, listener) },
      data: createData(context),
      runs: { ...runs, listen: (listener: (event: RunEvent) => void) => follow(listeners, listener) },
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

  /** @throws PlainError conflict while a run or a comparison is under way: nobody else would store how it ends */
  function checkIdle(): void {
    const busy = current.store.runs.unfinished()[0] ?? current.store.reports.unfinished()[0];
    if (busy) {
      throw new PlainError(
        'conflict',
        `${busy.name} is still under way in ${current.store.name}. Stop it first, then open the other project.`,
      );
    }
  }

  /** Opens another project in this one's place; this one stays open if the other cannot be. */
  function replace(folder: string): void {
    const path = resolve(folder);
    if (path === current.store.folder) return;
    checkIdle();
    const left = current;
    current = openProject(path);
    refusal = null;
    void left.close();
    for (const listener of projectListeners) listener({ kind: 'opened', path: current.store.folder });
  }

  function create(folder: string, demo: boolean): void {
    checkIdle();
    replace(createProjectFolder(folder, demo ? demoFolder : null));
  }

  const system = createSystem(machine, hubToken);
  return {
    get project(): ProjectApi {
      const { here } = current;
      return {
        ...here,
        summary: (personId) => ({ ...here.summary(personId), refusal }),
        open: ({ path }) => replace(typedFolder(path)),
        create: ({ path, demo }) => create(typedFolder(path), demo),
        listen: (listener) => follow(projectListeners, listener),
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

function follow<Listener>(all: Set<Listener>, listener: Listener): () => void {
  all.add(listener);
  return () => void all.delete(listener);
}
