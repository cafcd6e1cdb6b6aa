import { useLayoutEffect, useRef, useState } from 'react';
import type { Message } from '#shared/domain.ts';
import { useKey } from '../app/key-bindings.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { Markdown } from '../ui/Markdown.tsx';
import classes from './Prompt.module.css';
import { speakers } from './turns.ts';

interface PromptProps {
  messages: Message[];
  /** `p` opens it whole; otherwise it takes up to 26% of the height and scrolls. */
  whole: boolean;
  onWhole: () => void;
  size: number;
}

/** What the responses answer: one text, or a whole conversation. */
export function Prompt({ messages, whole, onWhole, size }: PromptProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [hiddenLines, setHiddenLines] = useState(0);
  const wholeKey = useKey('label.prompt');
  const single = messages.length === 1;

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setHiddenLines(Math.max(0, Math.round((element.scrollHeight - element.clientHeight) / (size * 1.625))));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [size]);

  return (
    <section className={classes.prompt} data-whole={whole || undefined} aria-label="Prompt">
      <div className={classes.scroll} ref={scroller} style={{ fontSize: size }}>
        {messages.map((message, index) => (
          <div className={classes.turn} key={index}>
            <div className={classes.side}>
              {single ? 'Prompt' : speakers[message.role]}
              {index === 0 && (hiddenLines > 0 || whole) && (
                <button type="button" className={classes.more} onMouseDown={(event) => event.preventDefault()} onClick={onWhole}>
                  <Kbd keys={wholeKey} /> {whole ? 'less' : `${hiddenLines} more ${hiddenLines === 1 ? 'line' : 'lines'}`}
                </button>
              )}
            </div>
            <div className={classes.text}>
              <Markdown text={message.content} size={size} />
            </div>
          </div>
        ))}
      </div>
    </section>
  );
}
