import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { PlainError } from '#shared/errors.ts';
import { command, type Job, job } from '#shared/jobs.ts';
import { type JobContext, StopRequested } from '../training/context.ts';
import { checkFiniteMetrics } from '../training/update.ts';

/** The two directions of the job protocol (`#shared/jobs.ts`). */
export interface Channel extends Pick<JobContext, 'emit' | 'breathe'> {
  /** The job on the first line. Rejects with a PlainError if it is none. */
  readonly job: Promise<Job>;
  /**
   * Lets commands in: to be awaited several times a second. Throws StopRequested after a `stop` command, after SIGTERM, and when the backend is gone
   * (its end of the pipe closes), since nobody would hear a result.
   */
  breathe(): Promise<void>;
  /** Resolves once every event is handed to the system. */
  flush(): Promise<void>;
}

export function openChannel(input: Readable, output: Writable): Channel {
  let stopRequested = false;
  const stop = () => {
    stopRequested = true;
  };
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const jobLine = Promise.withResolvers<Job>();
  // Nobody may be listening yet when the first line turns out to be no job.
  jobLine.promise.catch(() => {});
  let first = true;
  lines.on('line', (line) => {
    if (first) {
      first = false;
      const parsed = job.safeParse(parseJson(line));
      if (parsed.success) jobLine.resolve(parsed.data);
      else
        jobLine.reject(
          new PlainError('bad_input', `The training process was given a job that it does not know: ${describe(parsed.error)}`),
        );
    } else if (command.safeParse(parseJson(line)).success) stop();
  });
  lines.on('close', () => {
    jobLine.reject(new PlainError('bad_input', 'The training process was started without a job.'));
    stop();
  });
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  output.on('error', stop);

  return {
    job: jobLine.promise,
    emit: (event) => {
      if (event.event === 'metrics') checkFiniteMetrics(event.step, event.values);
      output.write(`${JSON.stringify(event)}\n`);
    },
    async breathe() {
      // A turn of the event loop: reads what lies in the pipe, then comes back.
      await new Promise((resolve) => setImmediate(resolve));
      if (stopRequested) throw new StopRequested();
    },
    flush: () => new Promise((resolve) => output.write('', () => resolve())),
  };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function describe(error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.map(String).join('.') || 'the line'}: ${issue.message}.` : 'it is no JSON object.';
}
