import type { RunState } from './domain.ts';

/** How a run has ended, behind its name: `ppo-2 finished`. A state that is not an end has no words. */
export const runEndings: Partial<Record<RunState, string>> = {
  done: 'finished',
  stopped: 'was stopped; it can be resumed',
  interrupted: 'was interrupted; it can be resumed',
  failed: 'failed',
};
