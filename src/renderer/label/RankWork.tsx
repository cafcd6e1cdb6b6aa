import { useRef, useState } from 'react';
import { letterAt } from '#shared/ranking-letters.ts';
import { useKey } from '../app/key-bindings.ts';
import { useCommands } from '../app/keyboard.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { rankingDecision } from './answers.ts';
import { DemoLine } from './DemoLine.tsx';
import { KeyBar } from './KeyBar.tsx';
import { Prompt } from './Prompt.tsx';
import { carries, RankOrder } from './RankOrder.tsx';
import classes from './RankWork.module.css';
import { ResponseText } from './ResponseText.tsx';
import { complete, drop, pick, placeOf, ranksOf, takeBack, tie } from './ranks.ts';
import { followScroll, readingCommands } from './reading-commands.ts';
import type { WorkProps } from './work-props.ts';

/** Up to six responses in a grid, ranked by their letters; the order so far stands in the bar. */
export function RankWork({
  item,
  session,
  reading,
  demo,
  flagged,
  reasoned,
  rated,
  mine,
  enabled,
  readable,
  decide,
  open,
  toggleMine,
  docked,
}: WorkProps) {
  const [ranks, setRanks] = useState(() => ranksOf(item));
  const grid = useRef<HTMLDivElement>(null);
  const order = complete(ranks, item.responses.length);
  const follow = followScroll(reading, grid);
  useCommands({ ...readingCommands(reading, grid), 'rank.guideline': () => reading.toggle('guideline') }, readable);
  useCommands(
    {
      'rank.pick': ({ key }) => {
        const index = key.charCodeAt(0) - 'a'.charCodeAt(0);
        if (index < item.responses.length) setRanks((now) => pick(now, index));
      },
      'rank.tie': () => setRanks(tie),
      'rank.takeBack': () => setRanks(takeBack),
      'rank.keep': () => order && decide(rankingDecision(order, item)),
      'rank.skip': () => open('skip'),
      'rank.flag': () => open('flag'),
      'rank.reason': () => open('reason'),
      'rank.rate': () => rated !== null && open('ratings'),
      'rank.mine': toggleMine,
      'label.undo': () => session.undo(),
    },
    enabled,
  );

  return (
    <section className={classes.work} aria-label="The responses to rank">
      {demo && <DemoLine />}
      <Prompt messages={item.prompt} whole={reading.wholePrompt} onWhole={() => reading.toggle('wholePrompt')} size={reading.size} />
      <div className={classes.grid} ref={grid} data-columns={item.responses.length > 4 ? 3 : 2}>
        {item.responses.map((response, index) => {
          const letter = letterAt(index);
          const place = placeOf(ranks, index);
          return (
            <article key={response.slot} className={classes.cell} aria-label={`Response ${letter}, ${place ?? 'not ranked yet'}`}>
              <button
                type="button"
                className={classes.head}
                onClick={({ detail, currentTarget }) => {
                  setRanks((now) => pick(now, index));
                  // By the mouse: the next Enter keeps the order.
                  if (detail > 0) currentTarget.blur();
                }}
                {...carries(index)}
              >
                <span className={classes.letter}>{letter}</span>
                <span className={classes.place} data-placed={place !== null || undefined}>
                  {place ?? 'not ranked yet'}
                </span>
              </button>
              <section
                className={classes.text}
                data-response={letter}
                onScroll={(event) => follow(event.currentTarget)}
                // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
                tabIndex={0}
                aria-label={`Text of response ${letter}`}
              >
                <div style={{ fontSize: reading.size }}>
                  <ResponseText messages={response.messages} size={reading.size} />
                </div>
              </section>
            </article>
          );
        })}
      </div>
      {docked}
      <div className={classes.bar}>
        <RankOrder
          ranks={ranks}
          order={order}
          letters={item.responses.map((_, index) => letterAt(index))}
          onDrop={(index, at, tied) => setRanks((now) => drop(complete(now, item.responses.length) ?? now.order, index, at, tied))}
        />
        <span className={classes.keys}>
          <Kbd keys="a" /> … <Kbd keys={letterAt(item.responses.length - 1).toLowerCase()} /> next best
        </span>
        <span className={classes.keys}>
          <Kbd keys={useKey('rank.tie')} /> then a letter: equal to the last
        </span>
        <span className={classes.keys} data-ready={order !== null || undefined}>
          <Kbd keys={useKey('rank.keep')} /> keep
        </span>
      </div>
      <KeyBar
        items={[
          { command: 'rank.takeBack', words: 'Take back' },
          { command: 'rank.skip', words: 'Skip' },
          { command: 'rank.flag', words: 'Flag', on: flagged },
          { command: 'rank.guideline', words: 'Guideline', on: reading.guideline },
          { command: 'rank.reason', words: 'Reason', on: reasoned },
          ...(rated === null ? [] : [{ command: 'rank.rate' as const, words: 'Ratings', on: rated }]),
          { command: 'rank.mine', words: 'Mine', on: mine },
          { command: 'label.undo', words: 'Undo' },
          { command: 'app.keys', words: 'All keys' },
        ]}
      />
    </section>
  );
}
