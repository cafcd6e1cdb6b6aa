import { useKey } from '../app/key-bindings.ts';
import { press } from '../app/keyboard.ts';
import type { CommandName } from '../app/keys.ts';
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
      {items.map((item) => (
        <KeyBarButton key={item.command} {...item} />
      ))}
    </div>
  );
}

function KeyBarButton({ command, words, on }: KeyBarItem) {
  return (
    <button
      type="button"
      className={classes.item}
      data-on={on || undefined}
      aria-pressed={on}
      // The hand stays on the keys: a click must not leave the focus on a button that Enter or Space would press again.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => press(command)}
    >
      <Kbd keys={useKey(command)} />
      <span>{words}</span>
    </button>
  );
}
