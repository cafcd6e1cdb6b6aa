import { type DragEvent, Fragment, type ReactNode, useState } from 'react';
import classes from './RankWork.module.css';
import type { Ranks } from './ranks.ts';

interface RankOrderProps {
  ranks: Ranks;
  /** The whole order, once no more than one response is left to place. */
  order: number[][] | null;
  letters: readonly string[];
  /** A response was dropped at a place of its own before group `at`, or (`tied`) on that group. */
  onDrop: (index: number, at: number, tied: boolean) => void;
}

const dragType = 'application/x-plumbline-response';

/** Props that make an element carry response `index` while it is dragged. */
export const carries = (index: number) => ({
  draggable: true,
  onDragStart: (event: DragEvent) => {
    event.dataTransfer.setData(dragType, String(index));
    event.dataTransfer.effectAllowed = 'move';
  },
  // The hand goes back to the keys: Enter keeps the order, and does not press what was dragged.
  onDragEnd: ({ currentTarget }: DragEvent<HTMLElement>) => currentTarget.blur(),
});

/** `Best first  B > D = A > C`; what has fallen into its place by itself is outlined. Letters can be dragged between one another, or onto one another for a tie. */
export function RankOrder({ ranks, order, letters, onDrop }: RankOrderProps) {
  const placed = new Set(ranks.order.flat());
  const groups = order ?? ranks.order;
  return (
    <output className={classes.order} aria-label="Order so far">
      <span className={classes.best}>Best first</span>
      {groups.map((group, rank) => (
        <Fragment key={group.join()}>
          <DropZone className={classes.gap} onDrop={(index) => onDrop(index, rank, false)}>
            {rank > 0 && '>'}
          </DropZone>
          <DropZone className={classes.group} onDrop={(index) => onDrop(index, rank, true)}>
            {group.map((index, tied) => (
              <Fragment key={index}>
                {tied > 0 && <span>=</span>}
                <span className={classes.letter} data-fallen={!placed.has(index) || undefined} {...carries(index)}>
                  {letters[index]}
                </span>
              </Fragment>
            ))}
          </DropZone>
        </Fragment>
      ))}
      <DropZone className={classes.gap} onDrop={(index) => onDrop(index, groups.length, false)}>
        {ranks.equal && order === null && '='}
      </DropZone>
    </output>
  );
}

interface DropZoneProps {
  className: string | undefined;
  onDrop: (index: number) => void;
  children: ReactNode;
}

/** Takes a dragged response, and shows that it would. */
function DropZone({ className, onDrop, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a second way beside the keys, which a screen reader has too
    <span
      className={className}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop(Number(event.dataTransfer.getData(dragType)));
      }}
    >
      {children}
    </span>
  );
}
