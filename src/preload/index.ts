/** The bridge (`src/shared/bridge.ts`). A sandboxed page can do all it needs by fetch on its own origin, but for what only the window's host has: dialogs and a menu. */
import { contextBridge, ipcRenderer } from 'electron';
import type { Bridge } from '#shared/bridge.ts';

const bridge: Bridge = {
  host: 'desktop',
  platform: process.platform,
  choosePath: (kind) => ipcRenderer.invoke('choose-path', kind),
  onGo: (listener) => void ipcRenderer.on('go', (_event, path: string) => listener(path)),
};
contextBridge.exposeInMainWorld('plumbline', Object.freeze(bridge));
