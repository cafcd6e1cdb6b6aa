import type { App } from '#shared/api/app.ts';
import type { Transfer } from '#shared/api/models.ts';
import { PlainError } from '#shared/errors.ts';
import { Stopped } from './command.ts';
import { duration } from './progress.ts';

/**
 * Shows a model's import or export until it ends, and stops it when the person presses Ctrl-C.
 * @throws {Stopped} when it was stopped; {PlainError} when it failed
 */
export async function followTransfer(app: App, id: string, progress: (line: string) => void, signal: AbortSignal): Promise<Transfer> {
  const stop = () => app.models.stop(id);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const ticking = setInterval(() => {
    const transfer = app.models.transfers().find((candidate) => candidate.id === id);
    if (!transfer || transfer.total === 0) return;
    const left = transfer.secondsLeft === null ? '' : ` · ${duration(transfer.secondsLeft)} left`;
    progress(`${transfer.words} ${transfer.done} of ${transfer.total} MiB${left}`);
  }, 250);
  try {
    const transfer = await app.models.finished(id);
    if (transfer.state === 'stopped') throw new Stopped(`Stopped. Nothing was ${transfer.kind === 'import' ? 'imported' : 'written'}.`);
    if (transfer.state !== 'done') throw new PlainError('engine', transfer.error ?? `The ${transfer.kind} ended as ${transfer.state}.`);
    return transfer;
  } finally {
    clearInterval(ticking);
    signal.removeEventListener('abort', stop);
  }
}
