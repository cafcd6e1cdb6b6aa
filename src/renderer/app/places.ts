import type { CommandName } from './keys.ts';

export interface Place {
  name: string;
  path: string;
  command: CommandName;
  /** An annotator has their own queue and their own settings, and nothing else. */
  leadOnly: boolean;
}

/** The places of the rail, in the order of the work. Settings stands at its foot. */
export const places: readonly Place[] = [
  { name: 'Project', path: '/', command: 'go.project', leadOnly: true },
  { name: 'Label', path: '/label', command: 'go.label', leadOnly: false },
  { name: 'Data', path: '/data', command: 'go.data', leadOnly: true },
  { name: 'Train', path: '/train', command: 'go.train', leadOnly: true },
  { name: 'Compare', path: '/compare', command: 'go.compare', leadOnly: true },
  { name: 'Models', path: '/models', command: 'go.models', leadOnly: true },
  { name: 'Team', path: '/team', command: 'go.team', leadOnly: false },
];
export const settingsPlace: Place = { name: 'Settings', path: '/settings', command: 'go.settings', leadOnly: false };

export const isAt = (place: Place, pathname: string): boolean =>
  place.path === '/' ? pathname === '/' : pathname === place.path || pathname.startsWith(`${place.path}/`);

/** On Label, and in a blind vote, the rail, the job pill and Find stay hidden until they are asked for. */
export const isReading = (pathname: string): boolean =>
  pathname === '/label' || pathname === '/team/decide' || /^\/compare\/[^/]+\/vote$/.test(pathname);
