import type { EngineEvent, RewardReport } from '#shared/jobs.ts';
import type { Metrics } from '#shared/metrics.ts';

/** Thrown by `breathe` once a stop was asked for. */
export class StopRequested extends Error {
  override readonly name = 'StopRequested';
}

/** Thrown by a trainer that obeyed: a resumable state is on disk, and a resume goes on at `step`. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly step: number;

  constructor(step: number) {
    super(`Stopped at step ${step}.`);
    this.step = step;
  }
}

/** What a training or answering job sees of the process around it. */
export interface JobContext {
  emit(event: EngineEvent): void;
  /** To be awaited several times a second: lets commands in, and throws StopRequested after a stop. */
  breathe(): Promise<void>;
  /** "wasm · 2 cores, SIMD threads", as runs show it. */
  backend: string;
}

/** What a job that went to its end hands over. */
export interface JobResult {
  /** Folder of the new checkpoint; null for jobs without one. */
  checkpoint: string | null;
  metrics: Metrics;
  reward: RewardReport | null;
}
