import { useEffect, useState } from 'react';
import { formatAgo } from './format.ts';

/** `16 min ago`, kept current. */
export function useTimeAgo(at: number): string {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return formatAgo(at, Math.max(now, at));
}

/** A relative time with the exact one on hover. */
export function TimeAgo({ at }: { at: number }) {
  const words = useTimeAgo(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {words}
    </time>
  );
}
