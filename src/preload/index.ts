/** The bridge. A sandboxed page can do all it needs by fetch on its own origin; only this fact it cannot see. */
import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('plumbline', Object.freeze({ host: 'desktop' as const, platform: process.platform }));
