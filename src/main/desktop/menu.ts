import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { placePaths } from '#shared/places.ts';

/** The application menu. Its page goes where the menu says, as by a key, so that nothing half-filled is thrown away by loading anew. */
export function setupMenu(): void {
  const go = (path: string) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.webContents.send('go', path);
  };
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: 'File',
      submenu: [
        { label: 'Settings …', accelerator: 'CmdOrCtrl+,', click: () => go('/settings') },
        { type: 'separator' },
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: placePaths.map(({ name, path }, index) => ({
        label: name,
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => go(path),
      })),
    },
    {
      label: 'View',
      submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }],
    },
    { role: 'windowMenu' },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
