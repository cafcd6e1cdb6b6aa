import type { Bridge } from '#shared/bridge.ts';

/** What the window's host lends this page; null in a browser. */
export const bridge: Bridge | null = (globalThis as { plumbline?: Bridge }).plumbline ?? null;
