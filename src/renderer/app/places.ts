import { type PlaceName, placePaths } from '#shared/places.ts';
import type { CommandName } from './keys.ts';

export interface Place {
  name: string;
  path: string;
  command: CommandName;
  /** An annotator has their own queue and their own settings, and nothing else. */
  leadOnly: boolean;
}

const commands: Record<PlaceName, CommandName> = {
  Project: 'go.project',
  Label: 'go.label',
  Data: 'go.data',
  Train: 'go.train',
  Compare: 'go.compare',
  Models: 'go.models',
  Team: 'go.team',
};

/** The places of the rail, in the order of the work. Settings stands at its foot. */
export const places: readonly Place[] = placePaths.map(({ name, path }) => ({
  name,
  path,
  command: commands[name],
  leadOnly: name !== 'Label' && name !== 'Team',
}));

export const settingsPlace: Place = { name: 'Settings', path: '/settings', command: 'go.settings', leadOnly: false };

export const isAt = (place: Place, pathname: string): boolean =>
  place.path === '/' ? pathname === '/' : pathname === place.path || pathname.startsWith(`${place.path}/`);

/** On Label, and in a blind vote, the rail, the job pill and Find stay hidden until they are asked for. */
export const isReading = (pathname: string): boolean =>
  pathname === '/label' || pathname === '/team/decide' || /^\/compare\/[^/]+\/vote$/.test(pathname);
