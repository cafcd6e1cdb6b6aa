import { SegmentedControl } from '@mantine/core';
import { useRef, useState } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
import { letterAt } from '#shared/ranking-letters.ts';
import { useKey } from '../app/key-bindings.ts';
import { useCommands } from '../app/keyboard.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { type Cell, nextUnrated, rated } from './asks.ts';
import type { RatingsDraft } from './drafts.ts';
import panel from './Panel.module.css';
import classes from './RatingsPanel.module.css';
import { drafts } from './use-session.ts';

const values = ['1', '2', '3', '4', '5'];

interface RatingsPanelProps {
  item: LabelItem;
  aspects: readonly string[];
  /** Everything is rated. */
  onDone: () => void;
  onClose: () => void;
}

/**
 * Each response by each aspect, 1 to 5, under the texts that it rates: they stay in view, and the keys that scroll go on working. A digit rates the one that
 * is marked and moves on; the last one closes the panel.
 */
export function RatingsPanel({ item, aspects, onDone, onClose }: RatingsPanelProps) {
  const [ratings, setRatings] = useState<RatingsDraft>(() => drafts.readRatings(item.assignmentId));
  const [last, setLast] = useState<Cell | null>(null);
  const current = nextUnrated(aspects, item, ratings);

  // From what is rated now: two quick presses come before the panel is drawn again.
  const rate = (cell: Cell | null, value: number) => {
    if (cell === null) return;
    const next = rated(drafts.readRatings(item.assignmentId), item, cell, value);
    drafts.writeRatings(item.assignmentId, next);
    setRatings(next);
    setLast(cell);
    if (nextUnrated(aspects, item, next) === null) onDone();
  };
  const takeBack = (cell: Cell) => {
    const row = (ratings[cell.aspect] ?? []).map((value, slot) => (slot === item.responses[cell.place]?.slot ? null : value));
    const next = { ...ratings, [cell.aspect]: row };
    drafts.writeRatings(item.assignmentId, next);
    setRatings(next);
    setLast(null);
  };
  useCommands({
    'rate.value': ({ key }) => rate(nextUnrated(aspects, item, drafts.readRatings(item.assignmentId)), Number(key)),
    'rate.takeBack': () => last && takeBack(last),
    'rate.keep': () => current ?? onDone(),
    'app.close': onClose,
  });
  const takeBackKey = useKey('rate.takeBack');
  const keepKey = useKey('rate.keep');
  // A click must not leave the focus on a control that takes the arrows and digits for itself; who came there by Tab stays.
  const clicked = useRef(false);

  return (
    <section className={panel.docked} aria-label="Rate each response">
      <div>
        <h2 className={panel.title} tabIndex={-1} ref={focusAtOnce}>
          Rate each response
        </h2>
        <table className={classes.table}>
          <thead>
            <tr>
              <td />
              {item.responses.map(({ slot }, place) => (
                <th key={slot} scope="col">
                  {letterAt(place)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {aspects.map((aspect) => (
              <tr key={aspect}>
                <th scope="row">{aspect}</th>
                {item.responses.map(({ slot }, place) => (
                  <td
                    key={slot}
                    data-current={(current?.aspect === aspect && current.place === place) || undefined}
                    onPointerDown={() => {
                      clicked.current = true;
                    }}
                    onFocus={({ target }) => {
                      if (clicked.current) target.blur();
                      clicked.current = false;
                    }}
                  >
                    <SegmentedControl
                      size="xs"
                      data={values}
                      value={String(ratings[aspect]?.[slot] ?? '')}
                      aria-label={`${aspect}, response ${letterAt(place)}`}
                      onChange={(value) => rate({ aspect, place }, Number(value))}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        <p className={panel.foot} aria-live="polite">
          {current ? (
            <>
              <Kbd keys="1" /> poor to <Kbd keys="5" /> excellent: {current.aspect}, {letterAt(current.place)} · <Kbd keys={takeBackKey} />{' '}
              the last one again · <Kbd keys="Escape" /> back to the pair
            </>
          ) : (
            <>
              <Kbd keys={keepKey} /> keep them
            </>
          )}
        </p>
      </div>
    </section>
  );
}

/** So that a screen reader says what is asked for. */
const focusAtOnce = (element: HTMLElement | null) => element?.focus();
