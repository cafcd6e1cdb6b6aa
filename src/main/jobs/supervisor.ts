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
  environment?: (job: Job) => NodeJS.ProcessEnv;
}

interface Waiting {
  submission: Submission;
  resolve: (outcome: Outcome) => void;
}

const neverBegan: Outcome = { kind: 'stopped', step: null };

/** The engine's supervisor: a queue of jobs, one process a job; an engine that dies ends its job and nothing else. */
export function createSupervisor({ entry = engineEntry, grace = 4000, environment = () => ({}) }: SupervisorOptions = {}): Supervisor {
  const waiting: Waiting[] = [];
  let running: { id: string; engine: EngineProcess } | null = null;
  let closed = false;

  async function next(): Promise<void> {
    if (running) return;
    const turn = waiting.shift();
    if (!turn) return;
    const { submission } = turn;
    let chosen: NodeJS.ProcessEnv;
    try {
      submission.onStart?.();
      chosen = environment(submission.job);
    } catch (error) {
      turn.resolve({ kind: 'interrupted', sentence: `The run could not begin: ${sentenceOf(error)} Mend that, then resume.` });
      void next();
      return;
    }
    const engine = startEngine(submission.job, {
      entry,
      grace,
      environment: chosen,
      onEvent: submission.onEvent,
      onLog: submission.onLog ?? (() => {}),
    });
    running = { id: submission.id, engine };
    const outcome = await engine.ended;
    running = null;
    turn.resolve(outcome);
    // Whoever waits for this job stores its result before the next one begins.
    setImmediate(() => void next());
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
        running.engine.stop();
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
    pid: (id) => (running?.id === id ? (running.engine.pid ?? null) : null),
    async close() {
      closed = true;
      for (const entry of waiting.splice(0)) entry.resolve(neverBegan);
      running?.engine.stop();
      await running?.engine.ended;
    },
  };
}
