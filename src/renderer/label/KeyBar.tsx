import { keyMap } from '../app/keys.ts';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './KeyBar.module.css';

const items = [
  { command: 'label.skip', words: 'Skip', on: null },
  { command: 'label.flag', words: 'Flag', on: 'flag' },
  { command: 'label.difference', words: 'Difference', on: 'difference' },
  { command: 'label.guideline', words: 'Guideline', on: 'guideline' },
  { command: 'label.reason', words: 'Reason', on: 'reason' },
  { command: 'label.undo', words: 'Undo', on: null },
  { command: 'app.keys', words: 'All keys', on: null },
] as const;

/** The keys beside judging. What is switched on is in ink. A click presses the key. */
export function KeyBar({ on }: { on: Record<'flag' | 'difference' | 'guideline' | 'reason', boolean> }) {
  return (
    <div className={classes.bar} role="toolbar" aria-label="This pair">
      {items.map((item) => (
        <button
          key={item.command}
          type="button"
          className={classes.item}
          data-on={(item.on !== null && on[item.on]) || undefined}
          aria-pressed={item.on === null ? undefined : on[item.on]}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => press(keyMap[item.command].keys[0])}
        >
          <Kbd keys={keyMap[item.command].keys[0]} />
          <span>{item.words}</span>
        </button>
      ))}
    </div>
  );
}

function press(key: string) {
  window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}
