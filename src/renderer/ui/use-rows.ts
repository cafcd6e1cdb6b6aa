import { useState } from 'react';
import { useCommands } from '../app/keyboard.ts';

/**
 * The chosen row of a list: `j` and `k` move it, Space opens it. −1 until a key or a click chose one.
 * Give rows `data-row={index}` so that the chosen one is brought into view.
 */
export function useRows(rowCount: number, open: (index: number) => void): { chosen: number; choose: (index: number) => void } {
  const [index, setIndex] = useState(-1);
  const chosen = Math.min(index, rowCount - 1);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rowCount - 1, to));
    setIndex(next);
    document.querySelector(`[data-row="${next}"]`)?.scrollIntoView({ block: 'nearest' });
  };
  useCommands(
    {
      'list.next': () => move(chosen + 1),
      'list.previous': () => move(chosen - 1),
      'list.open': () => {
        if (chosen >= 0) open(chosen);
      },
    },
    rowCount > 0,
  );
  return { chosen, choose: setIndex };
}
