import { useEffect, useState } from 'react';
import { useSearchParams } from 'react-router';

export interface Reading {
  /** Which prompt is read, from 0. */
  position: number;
  /** The reader is done voting: origins show everywhere. */
  reveal: boolean;
  move: (by: 1 | -1, last: number) => void;
  setReveal: (on: boolean) => void;
}

/**
 * Where a report is being read, also in its URL: `?prompt=3&reveal=1`. The page's own state leads and the URL follows, since a
 * held-down key moves faster than the router renders.
 */
export function useReading(): Reading {
  const [query, setQuery] = useSearchParams();
  const [position, setPosition] = useState(() => Math.max(0, Math.floor(Number(query.get('prompt') ?? 1)) - 1 || 0));
  const [reveal, setReveal] = useState(() => query.get('reveal') === '1');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is read moves the URL, never the URL itself.
  useEffect(() => {
    const next = new URLSearchParams(query);
    if (position === 0) next.delete('prompt');
    else next.set('prompt', String(position + 1));
    if (reveal) next.set('reveal', '1');
    else next.delete('reveal');
    if (next.toString() !== query.toString()) setQuery(next, { replace: true });
  }, [position, reveal]);
  return {
    position,
    reveal,
    move: (by, last) => setPosition((before) => Math.max(0, Math.min(last, before + by))),
    setReveal,
  };
}
