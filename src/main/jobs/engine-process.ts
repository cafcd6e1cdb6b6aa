import { spawn } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { sentenceOf } from '#shared/errors.ts';
import { type EngineEvent, event, type Job } from '#shared/jobs.ts';
import { lineReader } from './lines.ts';
import { type Outcome, sentenceOfExit, sentenceOfGarbage } from './outcome.ts';

export interface EngineProcess {
  readonly pid: number | undefined;
  /** Asks the engine to leave a resumable state and end. It is forced to after the grace period, and at once while it still loads: there is nothing to save yet. */
  stop(): void;
  /** Never rejects. */
  readonly ended: Promise<Outcome>;
}

export interface EngineOptions {
  /** File that stock Node runs as the engine. */
  entry: string;
  /** Milliseconds after a stop until SIGTERM, and again until SIGKILL. */
  grace: number;
  /** Added to the environment of this process. */
  environment?: NodeJS.ProcessEnv;
  onEvent: (event: EngineEvent) => void;
  /** Every line of the engine's standard error. */
  onLog: (line: string) => void;
}

export const engineEntry = fileURLToPath(new URL('../engine/index.ts', import.meta.url));

/** Lines of log that are kept for the sentence about a crash; V8's last words are as long. */
const keptLog = 60;

/** They remove what they have half written when they are asked to end, which must not be taken from them. */
const writesFromTheStart: ReadonlySet<Job['kind']> = new Set(['import', 'export']);

/**
 * Starts one engine process for one job and speaks the protocol of `#shared/jobs.ts` with it: the job as the first line of its standard input,
 * `{"command":"stop"}` as a later one; every line of its standard output is validated, and a line that is no event ends it.
 */
export function startEngine(job: Job, options: EngineOptions): EngineProcess {
  const env = { ...process.env, ...options.environment };
  const child = spawn(process.execPath, [options.entry], { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true, env });
  giveWay(child.pid);
  const log: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  let outcome: Outcome | null = null;
  /** It has said how far it is, so there may be something to save. */
  let begun = false;
  /** A signal of ours was sent after a stop: that it ends by one was asked for. */
  let forced = false;
  /** What it wrote that is no event. */
  let garbage: string | null = null;

  const keep = (line: string) => {
    log.push(line);
    if (log.length > keptLog) log.shift();
    options.onLog(line);
  };
  const settle = (next: Outcome) => {
    outcome ??= next;
  };
  const stdout = lineReader((line) => {
    if (outcome || garbage !== null) return;
    const parsed = parseEvent(line);
    if (!parsed) {
      garbage = line;
      child.kill('SIGKILL');
      return;
    }
    if (parsed.event === 'log') keep(parsed.line);
    begun ||= parsed.event === 'started' || parsed.event === 'progress';
    try {
      options.onEvent(parsed);
    } catch (error) {
      settle({
        kind: 'interrupted',
        sentence: `What the training process reported could not be stored: ${sentenceOf(error)} Mend that, then resume.`,
      });
      child.kill('SIGKILL');
      return;
    }
    if (parsed.event === 'done') settle({ kind: 'done', event: parsed });
    if (parsed.event === 'stopped') settle({ kind: 'stopped', step: begun ? parsed.step : null });
    if (parsed.event === 'failed') settle({ kind: 'failed', code: parsed.code, sentence: parsed.sentence });
    // An engine that said its last word and does not leave is made to.
    if (outcome) timers.push(setTimeout(() => child.kill('SIGKILL'), options.grace));
  });
  const stderr = lineReader(keep);
  child.stdout.on('data', stdout.write);
  child.stderr.on('data', stderr.write);
  // A dead engine's pipe must not take the backend down; its exit says what happened.
  child.stdin.on('error', () => {});
  child.stdin.write(`${JSON.stringify(job)}\n`);

  const ended = new Promise<Outcome>((resolve) => {
    const finish = (otherwise: () => string) => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcome ?? { kind: 'interrupted', sentence: otherwise() });
    };
    child.on('error', (error) => {
      finish(() => `The training process could not be started: ${error.message}. Check that ${process.execPath} can be run.`);
    });
    // `close`, not `exit`: only then is everything that it wrote read.
    child.on('close', (code, signal) => {
      stderr.end();
      stdout.end();
      if (forced && garbage === null && (signal === 'SIGTERM' || signal === 'SIGKILL')) settle({ kind: 'stopped', step: null });
      finish(() => (garbage === null ? sentenceOfExit(code, signal, log) : sentenceOfGarbage(garbage, log)));
    });
  });

  const force = (signal: NodeJS.Signals) => {
    forced = true;
    child.kill(signal);
  };
  let stopping = false;
  return {
    pid: child.pid,
    stop() {
      if (stopping) return;
      stopping = true;
      child.stdin.write(`${JSON.stringify({ command: 'stop' })}\n`);
      if (!begun) force(writesFromTheStart.has(job.kind) ? 'SIGTERM' : 'SIGKILL');
      timers.push(setTimeout(() => force('SIGTERM'), options.grace));
      timers.push(setTimeout(() => force('SIGKILL'), 2 * options.grace));
    },
    ended,
  };
}

/** Training takes all cores; whoever judges pairs meanwhile must not feel it. */
function giveWay(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    // Never above the backend's own: a person may have started that niced.
    setPriority(pid, Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    return; // it is gone already, or this system does not allow it: then it runs as everything does
  }
}

function parseEvent(line: string): EngineEvent | null {
  try {
    return event.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
