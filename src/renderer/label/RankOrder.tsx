import { Fragment } from 'react';
import classes from './RankWork.module.css';
import type { Ranks } from './ranks.ts';

interface RankOrderProps {
  ranks: Ranks;
  /** The whole order, once no more than one response is left to place. */
  order: number[][] | null;
  letters: readonly string[];
}

/** `Best first  B > D = A > C`; what has fallen into its place by itself is outlined. */
export function RankOrder({ ranks, order, letters }: RankOrderProps) {
  const placed = new Set(ranks.order.flat());
  const groups = order ?? ranks.order;
  return (
    <output className={classes.order} aria-label="Order so far">
      <span className={classes.best}>Best first</span>
      {groups.map((group, rank) => (
        <Fragment key={group.join()}>
          {rank > 0 && <span>&gt;</span>}
          {group.map((index, tied) => (
            <Fragment key={index}>
              {tied > 0 && <span>=</span>}
              <span className={classes.letter} data-fallen={!placed.has(index) || undefined}>
                {letters[index]}
              </span>
            </Fragment>
          ))}
        </Fragment>
      ))}
      {ranks.equal && order === null && <span>=</span>}
    </output>
  );
}
