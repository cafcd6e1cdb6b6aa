import type { RefObject } from 'react';
import type { Commands } from '../app/keyboard.ts';
import type { Reading } from './use-reading.ts';

const threeLines = 3 * 26;

/** The keys that read, for every kind of item. `texts` holds the scrolling texts. */
export function readingCommands(reading: Reading, texts: RefObject<HTMLElement | null>): Commands {
  const scroll = (by: (height: number) => number) => () => {
    for (const text of texts.current?.querySelectorAll<HTMLElement>('[data-response]') ?? []) {
      const pinned = text.querySelector<HTMLElement>(':scope > [data-pinned]')?.offsetHeight ?? 0;
      text.scrollBy({ top: by(text.clientHeight - pinned) });
    }
  };
  return {
    'label.prompt': () => reading.toggle('wholePrompt'),
    'label.together': () => reading.toggle('together'),
    'label.smaller': () => reading.resize(-1),
    'label.larger': () => reading.resize(1),
    'label.down': scroll(() => threeLines),
    'label.up': scroll(() => -threeLines),
    'label.pageDown': scroll((height) => height - 52),
    'label.pageUp': scroll((height) => 52 - height),
  };
}

/** With `together`, the other texts follow by as many pixels, as far as they go. */
export function followScroll(reading: Reading, texts: RefObject<HTMLElement | null>): (from: HTMLElement) => void {
  return (from) => {
    if (!reading.together) return;
    for (const other of texts.current?.querySelectorAll<HTMLElement>('[data-response]') ?? []) {
      if (other !== from && Math.abs(other.scrollTop - from.scrollTop) > 1) other.scrollTop = from.scrollTop;
    }
  };
}
