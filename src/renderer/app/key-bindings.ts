import { useSyncExternalStore } from 'react';
import { type CommandName, type KeyCommand, keyMap, type Press } from './keys.ts';

/** A person's own keys, by command; what is not in it has the key map's. */
export type OwnKeys = Partial<Record<CommandName, string>>;

/** How many answers Label has: five, or seven, whose keys are then the digits 1 to 7 and nothing else's. */
export type AnswerCount = 'five' | 'seven';

let own: OwnKeys = {};
let answers: AnswerCount = 'five';
const listeners = new Set<() => void>();

/** A person's own keys and how many answers they have, as Settings say. */
export function setKeys(nextOwn: OwnKeys, nextAnswers: AnswerCount): void {
  own = nextOwn;
  answers = nextAnswers;
  for (const listener of listeners) listener();
}

/**
 * The keys of a command as this person has them: what is shown of it everywhere, and what is heard. A key of one's own takes the place of the first; the others
 * stay, but for those that are another command's own. While Label has seven answers, a digit of theirs is no key of any other command there.
 */
export function keysOf(command: CommandName, given: OwnKeys = own, count: AnswerCount = answers): readonly string[] {
  const { keys }: KeyCommand = keyMap[command];
  if (command === 'label.seven') return count === 'seven' ? keys : [];
  const isFree = (key: string) => count === 'five' || !command.startsWith('label.') || !digits.includes(key);
  const mine = given[command];
  const isOwn = mine !== undefined && isFree(mine);
  const others = (isOwn ? keys.slice(1) : keys).filter(
    (key) => key !== mine && isFree(key) && !heardWith(command).some((name) => name !== command && given[name] === key),
  );
  return isOwn ? [mine, ...others] : others;
}

const digits: readonly string[] = keyMap['label.seven'].keys;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The key to show for a command, kept current. */
export function useKey(command: CommandName): string {
  useSyncExternalStore(subscribe, () => keysOf(command).join(' or '));
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

/** What reads works whatever is judged, ranked or rated. */
const reading = ['label.prompt', 'label.together', 'label.smaller', 'label.larger', 'label.up', 'label.down', 'label.page'];
/** Commands whose keys are heard at the same time. */
const reaches: readonly (readonly string[])[] = [
  ['label.', 'app.'],
  ['rank.', 'label.undo', 'label.redo', ...reading, 'app.'],
  ['rate.', ...reading, 'label.difference', 'label.guideline', 'rank.guideline', 'app.'],
  ['list.', 'page.', 'go.', 'app.'],
];

const names = Object.keys(keyMap) as CommandName[];
const heard = new Map<CommandName, CommandName[]>();

/** The commands that are heard where `command` is, itself among them. */
function heardWith(command: CommandName): CommandName[] {
  let found = heard.get(command);
  if (!found) {
    const prefixes = reaches.filter((reach) => reach.some((prefix) => command.startsWith(prefix))).flat();
    found = names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
    heard.set(command, found);
  }
  return found;
}

/** The command that has `key` already, of those that are heard where `command` is; null when it is free. */
export function holderOf(key: string, command: CommandName, given: OwnKeys = own, count: AnswerCount = answers): CommandName | null {
  return heardWith(command).find((name) => name !== command && keysOf(name, given, count).includes(key)) ?? null;
}

/** Own keys as they are stored; anything that an older or newer version wrote and this one does not know is left out. */
export function readOwnKeys(stored: unknown): OwnKeys {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter(([name, key]) => name in keyMap && typeof key === 'string' && key !== ''));
}
