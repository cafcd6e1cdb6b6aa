import { useEffect, useState } from 'react';
import { useCommands } from '../app/keyboard.ts';

/**
 * The chosen row of a list: `j` and `k` move it, Space opens it. −1 until a key or a click chose one.
 * Give rows `data-row={index}` so that the chosen one is brought into view.
 */
export function useRows(rowCount: number, open: (index: number) => void): { chosen: number; choose: (index: number) => void } {
  const [index, setIndex] = useState(-1);
  const chosen = Math.min(index, rowCount - 1);
  // From where the row is now, not from where it was drawn: a held-down key may come before the next drawing.
  const move = (by: 1 | -1) => setIndex((now) => Math.max(0, Math.min(rowCount - 1, Math.min(now, rowCount - 1) + by)));
  useEffect(() => {
    document.querySelector(`[data-row="${chosen}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  useCommands(
    {
      'list.next': () => move(1),
      'list.previous': () => move(-1),
      'list.open': () => {
        if (chosen >= 0) open(chosen);
      },
    },
    rowCount > 0,
  );
  return { chosen, choose: setIndex };
}
