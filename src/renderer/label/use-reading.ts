import { useMemo, useState } from 'react';
import { settings, useSetting } from '../app/use-setting.ts';

/** How a person reads: what stays as it is from one item to the next. */
export interface Reading {
  /** px */
  size: number;
  /** All texts scroll as one. */
  together: boolean;
  /** Words that only one side has are marked. */
  difference: boolean;
  guideline: boolean;
  wholePrompt: boolean;
  toggle: (what: 'together' | 'difference' | 'guideline' | 'wholePrompt') => void;
  resize: (by: 1 | -1) => void;
  /** A new item opens with its prompt folded. */
  foldPrompt: () => void;
}

export function useReading(): Reading {
  const [size, setSize] = useSetting(settings.readingSize);
  const [together, setTogether] = useSetting(settings.together);
  const [shown, setShown] = useState({ difference: false, guideline: false, wholePrompt: false });
  return useMemo(
    () => ({
      size,
      together,
      ...shown,
      toggle: (what) => (what === 'together' ? setTogether((now) => !now) : setShown((now) => ({ ...now, [what]: !now[what] }))),
      resize: (by) => setSize((now) => Math.min(20, Math.max(14, now + by))),
      foldPrompt: () => setShown((now) => (now.wholePrompt ? { ...now, wholePrompt: false } : now)),
    }),
    [size, together, shown, setSize, setTogether],
  );
}
