import { type ReactNode, startTransition, useEffect, useState } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
import classes from './Stage.module.css';

interface StageProps {
  /** The one on screen, then those behind it. */
  items: readonly LabelItem[];
  draw: (item: LabelItem, isCurrent: boolean) => ReactNode;
}

/** Two behind the one on screen: somebody who presses twice at once still waits for nothing to be drawn. */
const drawnAtOnce = 3;

/**
 * The item on screen, and behind it the next ones, drawn and laid out where they will be seen. A keypress then only changes which one is seen: texts of
 * 20,000 characters take several frames to be drawn, laid out and taken away, and all of that waits until the next item is painted.
 */
export function Stage({ items, draw }: StageProps) {
  const [current] = items;
  const [laid, setLaid] = useState(() => items.slice(0, 1));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    // A task that a frame queues runs once that frame is painted.
    const frame = requestAnimationFrame(() => {
      timer = setTimeout(() => startTransition(() => setLaid(items.slice(0, drawnAtOnce))), 0);
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }, [items]);
  if (!current) return null;
  const isCurrent = ({ assignmentId }: LabelItem) => assignmentId === current.assignmentId;
  // What is on screen is as it is now; what is behind it may be late.
  const drawn = laid.some(isCurrent) ? laid.map((item) => (isCurrent(item) ? current : item)) : [current];
  return (
    <div className={classes.stage}>
      {drawn.map((item) => (
        <div
          key={item.assignmentId}
          className={classes.layer}
          data-assignment={isCurrent(item) ? item.assignmentId : undefined}
          data-behind={!isCurrent(item) || undefined}
        >
          {draw(item, isCurrent(item))}
        </div>
      ))}
    </div>
  );
}
