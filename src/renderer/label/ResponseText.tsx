import { useMemo } from 'react';
import type { Span } from '#shared/diff.ts';
import type { Message } from '#shared/domain.ts';
import { Markdown } from '../ui/Markdown.tsx';
import classes from './ResponseText.module.css';
import { speakers, turnsOf } from './turns.ts';

interface ResponseTextProps {
  messages: readonly Message[];
  /** Ranges of `textOf(messages)` that only this response has, while differences are marked; else null. */
  marks?: readonly Span[] | null;
  side?: 'a' | 'b';
  /** px */
  size: number;
}

/** One answer; or, where a response goes on for several turns, all of them, each with who speaks. */
export function ResponseText({ messages, marks = null, side, size }: ResponseTextProps) {
  const turns = useMemo(() => turnsOf(messages, marks ?? []), [messages, marks]);
  if (turns.every(({ text }) => text.trim() === '')) return <span className={classes.note}>This response is empty.</span>;
  return turns.map((turn, index) => (
    <div key={index} className={classes.turn} data-role={turn.role}>
      {turns.length > 1 && <div className={classes.speaker}>{speakers[turn.role]}</div>}
      <Markdown text={turn.text} marks={marks === null ? undefined : turn.marks} side={side} size={size} />
    </div>
  ));
}
