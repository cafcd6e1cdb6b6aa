import { sentenceOf } from '#shared/errors.ts';
import type { EngineEvent, Job } from '#shared/jobs.ts';
import { type EngineProcess, engineEntry, startEngine } from './engine-process.ts';
import type { Outcome } from './outcome.ts';

export interface Submission {
  id: string;
  job: Job;
  /** Its turn has come; the engine starts next, unless this throws. */
  onStart?: () => void;
  onEvent: (event: EngineEvent) => void;
  onLog?: (line: string) => void;
}

export interface Supervisor {
  /** Queues a job; one runs at a time, since each takes all cores. Resolves with how it ended and never rejects. */
  submit(submission: Submission): Promise<Outcome>;
  /** Stops a job, running or queued; a running one leaves a resumable state. False if it is neither. */
  stop(id: string): boolean;
  state(id: string): 'queued' | 'running' | null;
  /** The engine's process id while job `id` runs. */
  pid(id: string): number | null;
  /** Takes no more jobs, stops the running one and waits for it. */
  close(): Promise<void>;
}

export interface SupervisorOptions {
  /** Another program in the engine's place; tests use it for engines that misbehave. */
  entry?: string;
  /** Milliseconds that a stopped engine has before SIGTERM, and again before SIGKILL. */
  grace?: number;
  /** What an engine's environment has beside the backend's own: the compute backend that its job is to run on. */
  environment?: (job: Job) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>;
}

interface Waiting {
  submission: Submission;
  resolve: (outcome: Outcome) => void;
}

/** The job whose turn it is, from its start, when there may not be an engine yet, to its end. */
interface Running {
  id: string;
  ended: Promise<Outcome>;
  pid(): number | null;
  stop(): void;
}

const neverBegan: Outcome = { kind: 'stopped', step: null };

/** The engine's supervisor: a queue of jobs, one process a job; an engine that dies ends its job and nothing else. */
export function createSupervisor({ entry = engineEntry, grace = 4000, environment = () => ({}) }: SupervisorOptions = {}): Supervisor {
  const waiting: Waiting[] = [];
  let running: Running | null = null;
  let closed = false;

  async function next(): Promise<void> {
    if (running) return;
    const turn = waiting.shift();
    if (!turn) return;
    running = begin(turn.submission);
    const outcome = await running.ended;
    running = null;
    turn.resolve(outcome);
    // Whoever waits for this job stores its result before the next one begins.
    setImmediate(() => void next());
  }

  function begin({ id, job, onStart, onEvent, onLog = () => {} }: Submission): Running {
    let engine: EngineProcess | null = null;
    const stopped = Promise.withResolvers<void>();
    let unwanted = false;
    async function run(): Promise<Outcome> {
      try {
        onStart?.();
        const chosen = await Promise.race([environment(job), stopped.promise]);
        if (unwanted || !chosen) return neverBegan;
        engine = startEngine(job, { entry, grace, environment: chosen, onEvent, onLog });
      } catch (error) {
        return { kind: 'interrupted', sentence: `The run could not begin: ${sentenceOf(error)} Mend that, then resume.` };
      }
      return engine.ended;
    }
    const ended = run();
    return {
      ...{ id, ended, pid: () => engine?.pid ?? null },
      stop() {
        unwanted = true;
        stopped.resolve();
        engine?.stop();
      },
    };
  }

  return {
    submit(submission) {
      if (closed) return Promise.resolve(neverBegan);
      return new Promise((resolve) => {
        waiting.push({ submission, resolve });
        void next();
      });
    },
    stop(id) {
      if (running?.id === id) {
        running.stop();
        return true;
      }
      const index = waiting.findIndex((entry) => entry.submission.id === id);
      if (index < 0) return false;
      const [removed] = waiting.splice(index, 1);
      removed?.resolve(neverBegan);
      return true;
    },
    state(id) {
      if (running?.id === id) return 'running';
      return waiting.some((entry) => entry.submission.id === id) ? 'queued' : null;
    },
    pid: (id) => (running?.id === id ? running.pid() : null),
    async close() {
      closed = true;
      for (const entry of waiting.splice(0)) entry.resolve(neverBegan);
      running?.stop();
      await running?.ended;
    },
  };
}
