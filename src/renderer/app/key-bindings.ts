import { useSyncExternalStore } from 'react';
import { type CommandName, type KeyCommand, keyMap, type Press } from './keys.ts';

/** A person's own keys, by command; what is not in it has the key map's. */
export type OwnKeys = Partial<Record<CommandName, string>>;

let own: OwnKeys = {};
const listeners = new Set<() => void>();

export function setOwnKeys(next: OwnKeys): void {
  own = next;
  for (const listener of listeners) listener();
}

/** The keys of a command as this person has them. A key of one's own takes the place of the first; the others stay. */
export function keysOf(command: CommandName, given: OwnKeys = own): readonly string[] {
  const { keys }: KeyCommand = keyMap[command];
  const mine = given[command];
  return mine === undefined ? keys : [mine, ...keys.slice(1).filter((key) => key !== mine)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The key to show for a command, kept current. */
export function useKey(command: CommandName): string {
  useSyncExternalStore(subscribe, () => own);
  return keysOf(command)[0] ?? '';
}

/** How a press is written in the key map; null for one that cannot be a command (a modifier alone, Escape, Tab). */
export function keyOfPress({ key, code, shiftKey, ctrlKey, metaKey, altKey }: Press): string | null {
  if (altKey || ['Shift', 'Control', 'Alt', 'Meta', 'Escape', 'Tab', 'Dead', 'Unidentified'].includes(key)) return null;
  const mod = ctrlKey || metaKey ? 'Mod+' : '';
  const digit = /^Digit(\d)$/.exec(code)?.[1];
  if (shiftKey && digit !== undefined) return `${mod}Shift+${digit}`;
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toLowerCase() : key;
  // A sign is the same sign however it is typed; letters and named keys differ with Shift.
  const shift = shiftKey && (key.length > 1 || /\p{L}| /u.test(key)) ? 'Shift+' : '';
  return `${mod}${shift}${name}`;
}

/** Commands whose keys are heard at the same time. */
const reaches: readonly (readonly string[])[] = [
  ['label.', 'app.'],
  [
    'rank.',
    'label.undo',
    'label.redo',
    'label.prompt',
    'label.together',
    'label.smaller',
    'label.larger',
    'label.up',
    'label.down',
    'label.page',
    'app.',
  ],
  ['list.', 'page.', 'go.', 'app.'],
];

/** The command that has `key` already, of those that are heard where `command` is; null when it is free. */
export function holderOf(key: string, command: CommandName, given: OwnKeys = own): CommandName | null {
  const names = Object.keys(keyMap) as CommandName[];
  const heard = reaches.filter((reach) => reach.some((prefix) => command.startsWith(prefix))).flat();
  return (
    names.find(
      (name) =>
        name !== command && name !== 'label.seven' && heard.some((prefix) => name.startsWith(prefix)) && keysOf(name, given).includes(key),
    ) ?? null
  );
}

/** Own keys as they are stored; anything that an older or newer version wrote and this one does not know is left out. */
export function readOwnKeys(stored: unknown): OwnKeys {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter(([name, key]) => name in keyMap && typeof key === 'string' && key !== ''));
}
