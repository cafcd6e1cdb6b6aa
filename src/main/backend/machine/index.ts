import { startTensorflowSetup, type TensorflowProcess } from '#jobs/setup-tensorflow.ts';
import { tryBackend } from '#jobs/try-backend.ts';
import type { Doctor, SystemApi, TensorflowSetup } from '#shared/api/system.ts';
import { type BackendFinding, chooseBackend, exampleWorks, type UsableBackend } from '#shared/backends.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import type { Job } from '#shared/jobs.ts';
import { placeOfJob } from './job-backend.ts';
import { type MachineSettings, readMachineSettings, writeMachineSettings } from './settings.ts';

export interface Machine extends Pick<SystemApi, 'chooseBackend' | 'setUpTensorflow'> {
  /** Opens every backend in a process of its own and remembers what came of it; within a minute it is not done again. */
  examine(): Promise<Pick<Doctor, 'backends' | 'choice' | 'tensorflow'>>;
  /** Which backend the engine of a job is to open, or which two ("tensorflow+wasm"): PLUMBLINE_BACKEND, else the person's choice, else by what was found when the machine was last examined. */
  environment(job: Job): NodeJS.ProcessEnv;
  close(): Promise<void>;
}

/** Backends with what they are in general. */
const backends: Readonly<Record<UsableBackend, string>> = {
  webgpu: 'Any GPU by Vulkan, Metal or Direct3D 12',
  tensorflow: 'An NVIDIA GPU by CUDA, or all CPU cores; gains on models of some million parameters',
  wasm: 'WebAssembly with SIMD and threads: runs everywhere, suits models up to a few million parameters',
};

const examinedFor = 60_000;

/** What this machine computes on. */
export function createMachine(dataFolder: string): Machine {
  let examined: { at: number; found: Promise<BackendFinding[]> } | null = null;
  let setup: TensorflowProcess | null = null;
  let progress: TensorflowSetup['progress'] = null;
  let error: string | null = null;

  function look(): Promise<BackendFinding[]> {
    if (examined && Date.now() - examined.at < examinedFor) return examined.found;
    const found = Promise.all((Object.keys(backends) as UsableBackend[]).map(tried));
    examined = { at: Date.now(), found };
    return found;
  }

  return {
    async examine() {
      const found = await look();
      const { backend: setting } = readMachineSettings(dataFolder);
      remember(dataFolder, { backend: setting, found });
      return {
        backends: found,
        choice: {
          setting,
          forced: process.env.PLUMBLINE_BACKEND || null,
          decisions: exampleWorks.map(({ words, ...work }) => ({ work: words, ...chooseBackend(found, setting, work) })),
        },
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
    environment(job) {
      if (process.env.PLUMBLINE_BACKEND) return {};
      const { backend, found } = readMachineSettings(dataFolder);
      const place = placeOfJob(job, found, backend);
      return { PLUMBLINE_BACKEND: place.writer ? `${place.backend}+${place.writer}` : place.backend };
    },
    async close() {
      setup?.stop();
      await setup?.ended;
    },
  };
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
