import { BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron';
import { origin } from './protocol.ts';

const places = ['Project', 'Label', 'Data', 'Train', 'Compare', 'Models', 'Settings'];

/** The application menu. Going somewhere is a deep link, as in the browser. */
export function setupMenu(): void {
  const go = (path: string) => {
    const [window] = BrowserWindow.getAllWindows();
    void window?.loadURL(`${origin}${path}`);
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
      submenu: places.map((place, index) => ({
        label: place,
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => go(place === 'Project' ? '/' : `/${place.toLowerCase()}`),
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
