import { press } from '../app/keyboard.ts';
import { type CommandName, keyMap } from '../app/keys.ts';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './KeyBar.module.css';

export interface KeyBarItem {
  command: CommandName;
  words: string;
  /** Undefined for what cannot be switched on. */
  on?: boolean;
}

/** The keys beside judging. What is switched on is in ink. A click presses the key. */
export function KeyBar({ items }: { items: readonly KeyBarItem[] }) {
  return (
    <div className={classes.bar} role="toolbar" aria-label="This pair">
      {items.map(({ command, words, on }) => (
        <button
          key={command}
          type="button"
          className={classes.item}
          data-on={on || undefined}
          aria-pressed={on}
          // The hand stays on the keys: a click must not leave the focus on a button that Enter or Space would press again.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => press(command)}
        >
          <Kbd keys={keyMap[command].keys[0]} />
          <span>{words}</span>
        </button>
      ))}
    </div>
  );
}
