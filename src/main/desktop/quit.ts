import { app, dialog } from 'electron';
import type { Backend } from './backend.ts';

interface RunInProgress {
  name: string;
  state: string;
}

/** Asks before quitting while a run trains; then closes the backend, which stops the run at a state that it resumes from. */
export function setupQuit(backend: Backend): void {
  let settled = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    if (settled) return;
    event.preventDefault();
    void mayQuit(backend).then(async (yes) => {
      if (!yes) return;
      await backend.close();
      settled = true;
      app.quit();
    });
  });
}

async function mayQuit(backend: Backend): Promise<boolean> {
  const runs = await backend.query<RunInProgress[]>('runs.list').catch(() => [] as RunInProgress[]);
  const running = runs.find((run) => run.state === 'running');
  // A test that drives the app cannot press a native button.
  if (!running || process.env.PLUMBLINE_QUIT_WITHOUT_ASKING) return true;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: `${running.name} is training.`,
    detail: 'It stops at its last step and can be resumed from there.',
    buttons: ['Stop it and quit', 'Keep training'],
    defaultId: 1,
    cancelId: 1,
  });
  return response === 0;
}
