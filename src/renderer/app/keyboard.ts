import { useLayoutEffect, useRef } from 'react';
import { keysOf } from './key-bindings.ts';
import { type CommandName, type KeyCommand, keyMap, matchesKey } from './keys.ts';

export type Commands = Partial<Record<CommandName, (event: KeyboardEvent) => void>>;

const sequenceMilliseconds = 1_500;
/** Topmost last. A screen's layer lies over the shell's, so that `g` can be the guideline on Label and "go to" elsewhere. */
const layers: { current: Commands }[] = [];
let prefix: { key: string; at: number } | null = null;

/** Commands of a component while it is mounted and `enabled`; the newest handlers are called. Keys pause while text is typed or a dialog is open. */
export function useCommands(commands: Commands, enabled = true): void {
  const layer = useRef(commands);
  // Layout effects: a key that follows a paint at once must find the screen that was painted.
  useLayoutEffect(() => {
    layer.current = commands;
  });
  useLayoutEffect(() => {
    if (!enabled) return;
    layers.push(layer);
    if (layers.length === 1) window.addEventListener('keydown', dispatch);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener('keydown', dispatch);
    };
  }, [enabled]);
}

/** Does what a command's key would do now: for buttons that show their key. */
export function press(name: CommandName): void {
  for (const layer of layers.toReversed()) {
    const command = layer.current[name];
    if (command) {
      command(new KeyboardEvent('keydown'));
      return;
    }
  }
}

function dispatch(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('[role="dialog"], [role="menu"], [role="listbox"]') || document.querySelector('[aria-modal="true"]')) return;
  if (target !== null && scrollsSideways(target, event.key)) return;
  const typing = target?.closest('input, textarea, select, [contenteditable="true"], [role="slider"], [role="tab"]') != null;
  const presses = target?.closest('button, a[href], summary, [role="button"]') != null;
  const before = prefix && event.timeStamp - prefix.at < sequenceMilliseconds ? prefix.key : null;
  if (!['Shift', 'Control', 'Alt', 'Meta'].includes(event.key)) prefix = null;

  for (const layer of layers.toReversed()) {
    for (const name of Object.keys(layer.current) as CommandName[]) {
      const command: KeyCommand = keyMap[name];
      if (typing && !command.whileTyping) continue;
      if (event.repeat && !command.repeats) continue;
      for (const key of keysOf(name)) {
        const [first = key, second] = key.split(' ');
        if (presses && (key === 'Enter' || key === 'Space')) continue;
        if (second === undefined ? matchesKey(event, first) && before === null : before === first && matchesKey(event, second)) {
          event.preventDefault();
          layer.current[name]?.(event);
          return;
        }
        if (second !== undefined && before === null && matchesKey(event, first)) {
          prefix = { key: first, at: event.timeStamp };
          return;
        }
      }
    }
  }
}

/** Whether an arrow scrolls what has the focus: a wide table or formula that somebody went to by Tab. A click on it means to read, and the arrows judge on. */
function scrollsSideways(target: Element, key: string): boolean {
  return (
    (key === 'ArrowLeft' || key === 'ArrowRight') && target.matches('[data-wide]:focus-visible') && target.scrollWidth > target.clientWidth
  );
}
