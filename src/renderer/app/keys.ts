/**
 * Every key of the app, in one object: the keyboard dispatches by it, `?` lists it, buttons show it.
 * A key is written as it is typed: `d`, `?`, `Shift+ArrowLeft`, `Mod+k` (Ctrl, or ⌘ on a Mac), `g l` (one after the other).
 */
export interface KeyCommand {
  keys: readonly string[];
  words: string;
  section: KeySection;
  /** May be held down. */
  repeats?: boolean;
  /** Works while text is typed. */
  whileTyping?: boolean;
}
export type KeySection =
  | 'Judge'
  | 'Rank, of more than two'
  | 'While rating'
  | 'Read'
  | 'This pair'
  | 'Lists and runs'
  | 'Go to'
  | 'Everywhere';

export const keyMap = {
  'label.betterA': { keys: ['ArrowLeft', '1'], words: 'A is better', section: 'Judge' },
  'label.betterB': { keys: ['ArrowRight', '2'], words: 'B is better', section: 'Judge' },
  'label.muchBetterA': { keys: ['Shift+ArrowLeft', 'Shift+1'], words: 'A is much better', section: 'Judge' },
  'label.muchBetterB': { keys: ['Shift+ArrowRight', 'Shift+2'], words: 'B is much better', section: 'Judge' },
  'label.seven': {
    keys: ['1', '2', '3', '4', '5', '6', '7'],
    words: 'Of seven answers, when Settings say so',
    section: 'Judge',
  },
  'label.tie': { keys: ['='], words: 'Tie: you would take either', section: 'Judge' },
  'label.bothBad': { keys: ['0'], words: 'Both bad: you would send neither', section: 'Judge' },
  'label.undo': { keys: ['z', 'Mod+z'], words: 'Take the last judgment back', section: 'Judge', repeats: true },
  'label.redo': { keys: ['Shift+z', 'Mod+Shift+z'], words: 'Judge it again as before', section: 'Judge' },

  'label.skip': { keys: ['s'], words: 'Skip, with a reason', section: 'This pair' },
  'label.flag': { keys: ['f'], words: 'Flag for the lead', section: 'This pair' },
  'label.reason': { keys: ['r'], words: 'Write why', section: 'This pair' },
  'label.rate': { keys: ['t'], words: 'Rate each response', section: 'This pair' },

  'rank.pick': { keys: ['a', 'b', 'c', 'd', 'e', 'f'], words: 'Next best', section: 'Rank, of more than two' },
  'rank.tie': { keys: ['='], words: 'Then a letter: equal to the last', section: 'Rank, of more than two' },
  'rank.takeBack': { keys: ['Backspace'], words: 'Take the last letter back', section: 'Rank, of more than two', repeats: true },
  'rank.keep': { keys: ['Enter'], words: 'Keep this order', section: 'Rank, of more than two' },
  'rank.skip': { keys: ['Shift+s'], words: 'Skip, with a reason', section: 'Rank, of more than two' },
  'rank.flag': { keys: ['Shift+f'], words: 'Flag for the lead', section: 'Rank, of more than two' },
  'rank.reason': { keys: ['Shift+r'], words: 'Write why', section: 'Rank, of more than two' },
  'rank.rate': { keys: ['Shift+t'], words: 'Rate each response', section: 'Rank, of more than two' },
  'rank.mine': { keys: ['Shift+h'], words: 'Your judgments', section: 'Rank, of more than two' },
  'rank.guideline': { keys: ['Shift+g'], words: 'Guideline', section: 'Rank, of more than two' },

  'rate.value': { keys: ['1', '2', '3', '4', '5'], words: 'Poor to excellent', section: 'While rating' },
  'rate.takeBack': { keys: ['Backspace'], words: 'The last one again', section: 'While rating' },
  'rate.keep': { keys: ['Enter'], words: 'Keep them, once all are rated', section: 'While rating' },

  'label.difference': { keys: ['d'], words: 'Mark words that only one side has', section: 'Read' },
  'label.guideline': { keys: ['g'], words: 'Guideline', section: 'Read' },
  'label.mine': { keys: ['h'], words: 'Your judgments, to read and change', section: 'Read' },
  'label.prompt': { keys: ['p'], words: 'Whole prompt', section: 'Read' },
  'label.down': { keys: ['j', 'ArrowDown'], words: 'Scroll both down', section: 'Read', repeats: true },
  'label.up': { keys: ['k', 'ArrowUp'], words: 'Scroll both up', section: 'Read', repeats: true },
  'label.pageDown': { keys: ['Space', 'PageDown'], words: 'One page down', section: 'Read', repeats: true },
  'label.pageUp': { keys: ['Shift+Space', 'PageUp'], words: 'One page up', section: 'Read', repeats: true },
  'label.together': { keys: ['y'], words: 'Scroll A and B together, or apart', section: 'Read' },
  'label.smaller': { keys: [','], words: 'Smaller text', section: 'Read', repeats: true },
  'label.larger': { keys: ['.'], words: 'Larger text', section: 'Read', repeats: true },

  'list.next': { keys: ['j'], words: 'Next row or prompt', section: 'Lists and runs', repeats: true },
  'list.previous': { keys: ['k'], words: 'Previous row or prompt', section: 'Lists and runs', repeats: true },
  'list.open': { keys: ['Space'], words: 'Open the row', section: 'Lists and runs' },
  'list.filter': { keys: ['/'], words: 'Filter', section: 'Lists and runs' },
  'page.main': { keys: ['Enter'], words: "The page's main action", section: 'Lists and runs' },
  'page.start': { keys: ['Mod+Enter'], words: 'Start the run', section: 'Lists and runs', whileTyping: true },

  'go.project': { keys: ['g p'], words: 'Project', section: 'Go to' },
  'go.label': { keys: ['g l'], words: 'Label', section: 'Go to' },
  'go.data': { keys: ['g d'], words: 'Data', section: 'Go to' },
  'go.train': { keys: ['g t'], words: 'Train', section: 'Go to' },
  'go.compare': { keys: ['g c'], words: 'Compare', section: 'Go to' },
  'go.models': { keys: ['g m'], words: 'Models', section: 'Go to' },
  'go.team': { keys: ['g e'], words: 'Team', section: 'Go to' },
  'go.settings': { keys: ['g s'], words: 'Settings', section: 'Go to' },

  'app.find': { keys: ['Mod+k'], words: 'Find a page, a run, a checkpoint, an action', section: 'Everywhere', whileTyping: true },
  'app.keys': { keys: ['?'], words: 'All keys', section: 'Everywhere' },
  'app.rail': { keys: ['['], words: 'Show or hide the rail', section: 'Everywhere' },
  'app.close': { keys: ['Escape'], words: 'Close the topmost thing', section: 'Everywhere', whileTyping: true },
} as const satisfies Record<string, KeyCommand>;

export type CommandName = keyof typeof keyMap;

/** What the dispatcher reads of a KeyboardEvent. */
export interface Press {
  key: string;
  code: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/**
 * Whether one press is the one key written as `key` (no sequences). Letters and signs are matched by what they type, so that every
 * keyboard layout works: `=` is Shift+0 on a German one, hence Shift is ignored for signs. Digits also match by place, since Shift+1
 * types `!` here and something else elsewhere.
 */
export function matchesKey(press: Press, key: string, mac = isMac): boolean {
  const parts = key.split('+');
  const name = parts.pop() || '+';
  const mod = mac ? press.metaKey : press.ctrlKey;
  const other = mac ? press.ctrlKey : press.metaKey;
  if (press.altKey || other || mod !== parts.includes('Mod')) return false;
  const wantsShift = parts.includes('Shift');
  if (/^[0-9]$/.test(name)) {
    if (press.key === name && !wantsShift) return true;
    return press.code === `Digit${name}` && press.shiftKey === wantsShift && (wantsShift || /^[0-9]$/.test(press.key));
  }
  if (name === 'Space') return press.key === ' ' && press.shiftKey === wantsShift;
  if (/^[a-z]$/.test(name)) return press.key.toLowerCase() === name && press.shiftKey === wantsShift;
  if (name.length === 1) return press.key === name;
  return press.key === name && press.shiftKey === wantsShift;
}
