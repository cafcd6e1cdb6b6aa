import classes from './Kbd.module.css';

const words: Record<string, string> = {
  ArrowLeft: 'left arrow',
  ArrowRight: 'right arrow',
  ArrowUp: 'up arrow',
  ArrowDown: 'down arrow',
  '=': 'equals sign',
  '?': 'question mark',
  '[': 'opening bracket',
  ',': 'comma',
  '.': 'period',
  '/': 'slash',
};
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A key as it is pressed: `Shift+ArrowLeft`, `Mod+k`, `g l`; nothing for a command that has none. Plex has no ⇧, ⌫ and ⌘, so these are drawn. */
export function Kbd({ keys, inverted = false }: { keys: string; inverted?: boolean }) {
  if (keys === '') return null;
  const caps = keys.split(' ').flatMap(capsOf);
  return (
    <span className={classes.keys} data-inverted={inverted || undefined}>
      {caps.map((cap, index) => (
        <kbd key={index} className={classes.key} aria-label={words[cap]}>
          <Cap name={cap} />
        </kbd>
      ))}
    </span>
  );
}

/** Ctrl and its key share one cap, as people write it: `Ctrl K`. A Mac's ⌘ is a cap of its own. */
function capsOf(chord: string): string[] {
  const parts = chord.split('+');
  if (parts[0] !== 'Mod' || isMac) return parts;
  return [['Ctrl', ...parts.slice(1).map((part) => (part.length === 1 ? part.toUpperCase() : part))].join(' ')];
}

function Cap({ name }: { name: string }) {
  switch (name) {
    case 'Shift':
      return <Glyph label="Shift" path="M6 1.5 1.5 6.5h2.3v4h4.4v-4h2.3z" />;
    case 'Backspace':
      return <Glyph label="Backspace" path="M4 2.5h7.5v7H4L.8 6zM6 4.5l3 3m0-3-3 3" />;
    case 'Mod':
      return (
        <Glyph
          label="Command"
          path="M4 4h4v4H4zM4 4V2.6A1.4 1.4 0 1 0 2.6 4zm4 0h1.4A1.4 1.4 0 1 0 8 2.6zm0 4v1.4A1.4 1.4 0 1 0 9.4 8zM4 8H2.6A1.4 1.4 0 1 0 4 9.4z"
        />
      );
    case 'ArrowLeft':
      return '←';
    case 'ArrowRight':
      return '→';
    case 'ArrowUp':
      return '↑';
    case 'ArrowDown':
      return '↓';
    case 'Escape':
      return 'Esc';
    case 'PageUp':
      return 'Page up';
    case 'PageDown':
      return 'Page down';
    default:
      return name;
  }
}

function Glyph({ label, path }: { label: string; path: string }) {
  return (
    <svg width="12" height="12" viewBox="0 0 12 12" fill="none" stroke="currentColor" strokeLinejoin="round" role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}
