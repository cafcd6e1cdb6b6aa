import { memo } from 'react';
import type { Span } from '#shared/diff.ts';
import type { Message } from '#shared/domain.ts';
import classes from './Response.module.css';
import { ResponseText } from './ResponseText.tsx';

interface ResponseProps {
  side: 'a' | 'b';
  messages: readonly Message[];
  /** Ranges of its text that only this side has, while differences are marked; else null. */
  marks: readonly Span[] | null;
  /** px */
  size: number;
  onScroll: (element: HTMLElement) => void;
}

/** One whole text. Its scroll thumb lies beside the plumb line; a thumb that is missing says "you see all of it". */
export const Response = memo(function Response({ side, messages, marks, size, onScroll }: ResponseProps) {
  const letter = side.toUpperCase();
  return (
    <article className={classes.response} data-side={side} aria-label={`Response ${letter}`}>
      <section
        className={classes.scroll}
        data-response={side}
        onScroll={(event) => onScroll(event.currentTarget)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={`Text of response ${letter}`}
      >
        <div className={classes.head} style={{ fontSize: size }} data-pinned>
          <span className={classes.letter}>{letter}</span>
          {marks && (
            <span className={classes.note}>{marks.length > 0 ? `words only in ${letter}` : `${letter} has no words of its own`}</span>
          )}
        </div>
        <div className={classes.text} style={{ fontSize: size }}>
          <ResponseText messages={messages} marks={marks} side={side} size={size} />
        </div>
      </section>
    </article>
  );
});
