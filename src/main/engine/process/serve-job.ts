import { PlainError } from '#shared/errors.ts';
import type { Job } from '#shared/jobs.ts';
import { type Backend, openBackend } from '../backends/open.ts';
import { requireRoom } from '../memory/room.ts';
import { Stopped, StopRequested } from '../training/context.ts';
import type { Channel } from './channel.ts';
import { failureOf } from './failure.ts';
import { runJob } from './run-job.ts';

/** Bytes from one form into another: no tensor is made. */
const computesNothing: readonly Job['kind'][] = ['inspect', 'import', 'export'];

/** How a job ended, and what it was done on: to be closed once that has been said. */
export interface Served {
  failed: boolean;
  backend: Backend | null;
}

/** Reads the job, does it, and says as the last event how it ended. */
export async function serveJob(channel: Channel): Promise<Served> {
  let backend: Backend | null = null;
  try {
    const job = await channel.job;
    backend = computesNothing.includes(job.kind) ? null : await openBackend(threadsWanted());
    if (backend) requireRoom(job, backend);
    const result = await runJob(job, { ...channel, backend: backend ? wordsOf(backend) : '' });
    channel.emit({ event: 'done', ...result });
    return { failed: false, backend };
  } catch (error) {
    if (error instanceof Stopped) channel.emit({ event: 'stopped', step: error.step });
    else if (error instanceof StopRequested) channel.emit({ event: 'stopped', step: 0 });
    else {
      if (!(error instanceof PlainError)) console.error(error); // the person gets one sentence, the log all of it
      channel.emit({ event: 'failed', ...failureOf(error) });
      return { failed: true, backend };
    }
    return { failed: false, backend };
  }
}

/** "wasm · 2 cores, SIMD threads"; of two, what each does. */
function wordsOf({ name, words, writer }: Backend): string {
  return writer ? `${name} + ${writer.name} · trains on ${words}; writes on ${writer.words}` : `${name} · ${words}`;
}

/** `PLUMBLINE_THREADS`, for tests and shared machines; otherwise the backend's own choice. The number never shows in a result. */
function threadsWanted(): { threads?: number } {
  const threads = Number(process.env.PLUMBLINE_THREADS);
  return Number.isInteger(threads) && threads > 0 ? { threads } : {};
}
