import { FocusTrap, SegmentedControl } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
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

/** Each response by each aspect, 1 to 5. A digit rates the one that is marked and moves on; the last one closes the panel. */
export function RatingsPanel({ item, aspects, onDone, onClose }: RatingsPanelProps) {
  const [ratings, setRatings] = useState<RatingsDraft>(() => drafts.readRatings(item.assignmentId));
  const [last, setLast] = useState<Cell | null>(null);
  const current = nextUnrated(aspects, item, ratings);

  const rate = (cell: Cell, value: number) => {
    const next = rated(ratings, item, cell, value);
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
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && !current) onDone();
    else if (event.key === 'Backspace' && last) takeBack(last);
    else if (values.includes(event.key) && current) rate(current, Number(event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <FocusTrap active>
      <div className={panel.panel} role="dialog" aria-label="Rate each response" onKeyDown={onKeyDown}>
        <h2 className={panel.title} tabIndex={-1} data-autofocus ref={focusAtOnce}>
          Rate each response
        </h2>
        <table className={classes.table}>
          <thead>
            <tr>
              <td />
              {item.responses.map(({ slot }, place) => (
                <th key={slot} scope="col">
                  {letterOf(place)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {aspects.map((aspect) => (
              <tr key={aspect}>
                <th scope="row">{aspect}</th>
                {item.responses.map(({ slot }, place) => (
                  <td key={slot} data-current={(current?.aspect === aspect && current.place === place) || undefined}>
                    <SegmentedControl
                      size="xs"
                      data={values}
                      value={String(ratings[aspect]?.[slot] ?? '')}
                      aria-label={`${aspect}, response ${letterOf(place)}`}
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
              <Kbd keys="1" /> poor to <Kbd keys="5" /> excellent: {current.aspect}, {letterOf(current.place)} · <Kbd keys="Backspace" />{' '}
              the last one again · <Kbd keys="Escape" /> back to the pair
            </>
          ) : (
            <>
              <Kbd keys="Enter" /> keep them
            </>
          )}
        </p>
      </div>
    </FocusTrap>
  );
}

/** FocusTrap waits a moment, and a digit pressed in it would be lost. */
const focusAtOnce = (element: HTMLElement | null) => element?.focus();

const letterOf = (place: number): string => String.fromCharCode('A'.charCodeAt(0) + place);
