import type { EngineEvent } from '#shared/jobs.ts';

/** How a job ended. `interrupted`: the engine died or spoke nonsense; what it last saved to disk can be resumed. */
export type Outcome =
  | { kind: 'done'; event: Extract<EngineEvent, { event: 'done' }> }
  /** `step` is where a resume goes on; null when the job had not begun, or did not say before it had to be forced. */
  | { kind: 'stopped'; step: number | null }
  | { kind: 'failed'; code: string; sentence: string }
  | { kind: 'interrupted'; sentence: string };

/** The last lines of a log, as the tail of a sentence; nothing if there are none. */
function lastWords(log: readonly string[]): string {
  const tail = log.slice(-3).map((line) => line.trim().slice(0, 300));
  return tail.length === 0 ? '' : ` Its last words: ${tail.join(' · ')}`;
}

/** What to say of an engine that ended without `done`, `stopped` or `failed`. */
export function sentenceOfExit(code: number | null, signal: NodeJS.Signals | null, log: readonly string[]): string {
  const what = log.some((line) => /^FATAL ERROR: .*out of memory/i.test(line))
    ? 'The training process ran out of memory and was ended.'
    : signal === 'SIGKILL'
      ? 'The training process was killed, most likely because memory ran out or someone ended it.'
      : signal
        ? `The training process was ended by ${signal}.`
        : `The training process ended by itself with exit code ${code ?? 'unknown'}.`;
  return `${what} What it had saved is kept: resume to go on from there.${lastWords(log)}`;
}

/** What to say of an engine whose output is not the job protocol. */
export function sentenceOfGarbage(line: string, log: readonly string[]): string {
  const shown = line.length > 120 ? `${line.slice(0, 120)}…` : line;
  return `The training process wrote a line that is not one of its events (${JSON.stringify(shown)}) and was ended. Resume to go on from what it had saved; if it happens again, report it.${lastWords(log)}`;
}
