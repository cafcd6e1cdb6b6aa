import { BrowserWindow, dialog, type IpcMainInvokeEvent, ipcMain } from 'electron';
import { pathKind } from '#shared/bridge.ts';
import { origin } from './protocol.ts';

/** The system's dialogs for folders, asked for by our own page alone. */
export function setupDialogs(): void {
  ipcMain.handle('choose-path', async (event: IpcMainInvokeEvent, asked: unknown): Promise<string | null> => {
    const window = BrowserWindow.fromWebContents(event.sender);
    if (!event.senderFrame?.url.startsWith(`${origin}/`) || !window) return null;
    if (pathKind.parse(asked) === 'new') {
      const { canceled, filePath } = await dialog.showSaveDialog(window, { properties: ['createDirectory'] });
      return canceled ? null : (filePath ?? null);
    }
    const { canceled, filePaths } = await dialog.showOpenDialog(window, { properties: ['openDirectory', 'createDirectory'] });
    return canceled ? null : (filePaths[0] ?? null);
  });
}
