import { memo, useMemo, useRef } from 'react';
import type { LabelItem } from '#shared/api/labeling.ts';
import { type Span, wordDifference } from '#shared/diff.ts';
import { DemoLine } from './DemoLine.tsx';
import classes from './Pair.module.css';
import { Prompt } from './Prompt.tsx';
import { Response } from './Response.tsx';

interface PairProps {
  item: LabelItem;
  /** Says above the first pair that this is the demo project. */
  demo: boolean;
  difference: boolean;
  wholePrompt: boolean;
  onWholePrompt: () => void;
  together: boolean;
  size: number;
}

/** The prompt on top, A and B hugging the plumb line below it. */
export const Pair = memo(function Pair({ item, demo, difference, wholePrompt, onWholePrompt, together, size }: PairProps) {
  const texts = item.responses.map(({ messages }) => messages.map(({ content }) => content).join('\n\n'));
  const [a = '', b = ''] = texts;
  const marks = useMemo(() => (difference ? wordDifference(a, b) : null), [difference, a, b]);
  const sides = useRef<HTMLDivElement>(null);

  /** The other text follows by as many pixels, as far as it goes. */
  const follow = (from: HTMLElement) => {
    if (!together) return;
    for (const other of sides.current?.querySelectorAll<HTMLElement>('[data-response]') ?? []) {
      if (other !== from && Math.abs(other.scrollTop - from.scrollTop) > 1) other.scrollTop = from.scrollTop;
    }
  };

  return (
    <section className={classes.pair} aria-label="The pair to judge" data-assignment={item.assignmentId}>
      {demo && <DemoLine />}
      <Prompt messages={item.prompt} whole={wholePrompt} onWhole={onWholePrompt} size={size} />
      <div className={classes.sides} ref={sides}>
        <Response side="a" text={a} marks={spansOf(marks?.onlyA)} difference={difference} size={size} onScroll={follow} />
        <div className={classes.line} aria-hidden />
        <Response side="b" text={b} marks={spansOf(marks?.onlyB)} difference={difference} size={size} onScroll={follow} />
      </div>
    </section>
  );
});

const spansOf = (spans: Span[] | undefined): Span[] | undefined => (spans && spans.length > 0 ? spans : undefined);
