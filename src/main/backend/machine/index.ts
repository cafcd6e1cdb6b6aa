import { startTensorflowSetup, type TensorflowProcess } from '#jobs/setup-tensorflow.ts';
import { tryBackend } from '#jobs/try-backend.ts';
import type { Doctor, SystemApi, TensorflowSetup } from '#shared/api/system.ts';
import { type BackendFinding, chooseBackend, exampleWorks, placeNamed, type UsableBackend, type Work } from '#shared/backends.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Job } from '#shared/jobs.ts';
import { placeOfJob } from './job-backend.ts';
import { type MachineSettings, readMachineSettings, writeMachineSettings } from './settings.ts';

export interface Machine extends Pick<SystemApi, 'chooseBackend' | 'setUpTensorflow'> {
  /** Opens every backend in a process of its own and remembers what came of it; within a minute it is not done again. */
  examine(): Promise<Pick<Doctor, 'backends' | 'choice' | 'tensorflow'>>;
  /**
   * Which backend the engine of a job is to open, or which two ("tensorflow+wasm"): PLUMBLINE_BACKEND, else the person's choice, else by what was found when the
   * machine was last examined; before the first job it is.
   */
  environment(job: Job): Promise<NodeJS.ProcessEnv>;
  close(): Promise<void>;
}

/** Backends with what they are in general. */
const backends: Readonly<Record<UsableBackend, string>> = {
  webgpu: 'Any GPU by Vulkan, Metal or Direct3D 12',
  tensorflow: 'An NVIDIA GPU by CUDA, or all CPU cores; gains on models of some million parameters',
  wasm: 'WebAssembly with SIMD and threads: runs everywhere, suits models up to a few million parameters',
};

const examinedFor = 60_000;

/** Bytes from one form into another: no backend is opened for them. */
const computesNothing: readonly Job['kind'][] = ['inspect', 'import', 'export'];

/** What this machine computes on. @param attempt how a backend is tried; tests have it find what they are about */
export function createMachine(dataFolder: string, attempt: (name: UsableBackend) => Promise<BackendFinding> = tried): Machine {
  let examined: { at: number; found: Promise<BackendFinding[]> } | null = null;
  let setup: TensorflowProcess | null = null;
  let progress: TensorflowSetup['progress'] = null;
  let error: string | null = null;

  function look(): Promise<BackendFinding[]> {
    if (examined && Date.now() - examined.at < examinedFor) return examined.found;
    const found = Promise.all((Object.keys(backends) as UsableBackend[]).map((name) => attempt(name)));
    examined = { at: Date.now(), found };
    return found;
  }

  async function lookAndRemember(): Promise<MachineSettings> {
    const found = await look();
    const { backend } = readMachineSettings(dataFolder);
    remember(dataFolder, { backend, found });
    return { backend, found };
  }

  return {
    async examine() {
      const settings = await lookAndRemember();
      return {
        backends: settings.found,
        choice: choiceOf(settings, process.env.PLUMBLINE_BACKEND || null),
        tensorflow: { possible: process.platform === 'linux' && process.arch === 'x64', progress, error },
      };
    },
    chooseBackend: (backend) => writeMachineSettings(dataFolder, { ...readMachineSettings(dataFolder), backend }),
    setUpTensorflow(variant) {
      if (setup) throw new PlainError('conflict', 'TensorFlow is being fetched already. Wait until it is there.');
      [progress, error] = [{ words: 'Beginning', done: 0 }, null];
      setup = startTensorflowSetup(variant, (words, done) => {
        progress = { words, done };
      });
      void setup.ended.then((reason) => {
        [setup, progress, error, examined] = [null, null, reason, null];
      });
    },
    async environment(job) {
      if (process.env.PLUMBLINE_BACKEND) return {};
      const known = readMachineSettings(dataFolder);
      const examined = known.backend !== 'auto' || known.found.length > 0 || computesNothing.includes(job.kind);
      const { backend, found } = examined ? known : await lookAndRemember();
      const place = placeOfJob(job, found, backend);
      return { PLUMBLINE_BACKEND: place.writer ? `${place.backend}+${place.writer}` : place.backend };
    },
    async close() {
      setup?.stop();
      await setup?.ended;
    },
  };
}

/** What runs where, for the example works. */
function choiceOf({ backend: setting, found }: MachineSettings, forced: string | null): Doctor['choice'] {
  const decided = (decide: (work: Work) => Omit<Doctor['choice']['decisions'][number], 'work'>) =>
    exampleWorks.map(({ words, ...work }) => ({ work: words, ...decide(work) }));
  const chosen = { setting, forced, problem: null };
  if (forced === null) return { ...chosen, decisions: decided((work) => chooseBackend(found, setting, work)) };
  try {
    const place = placeNamed(forced);
    const isMissing = found.some(({ name, available }) => !available && (name === place.backend || name === place.writer));
    const because = isMissing
      ? 'PLUMBLINE_BACKEND is set to it, and it cannot start here: every run will fail.'
      : 'PLUMBLINE_BACKEND is set to it.';
    return { ...chosen, decisions: decided(() => ({ ...place, because })) };
  } catch (error) {
    return { ...chosen, problem: sentenceOf(error), decisions: [] };
  }
}

/** A machine whose disk is full is examined all the same. */
function remember(dataFolder: string, settings: MachineSettings): void {
  try {
    writeMachineSettings(dataFolder, settings);
  } catch (error) {
    console.error(`What was found on this machine could not be remembered: ${sentenceOf(error)}`);
  }
}

async function tried(name: UsableBackend): Promise<BackendFinding> {
  const answer = await tryBackend(name);
  return 'words' in answer
    ? { name, available: true, gpu: answer.gpu, words: answer.words, reason: null }
    : { name, available: false, gpu: false, words: backends[name], reason: answer.reason };
}
