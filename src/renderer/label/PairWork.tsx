import { useMemo, useRef } from 'react';
import { wordDifference } from '#shared/diff.ts';
import type { Message } from '#shared/domain.ts';
import { type Commands, useCommands } from '../app/keyboard.ts';
import { settings, useSetting } from '../app/use-setting.ts';
import { AnswerScale } from './AnswerScale.tsx';
import { answerById, answerCommands, decisionOf, scaleOfSeven } from './answers.ts';
import { DemoLine } from './DemoLine.tsx';
import { KeyBar } from './KeyBar.tsx';
import classes from './PairWork.module.css';
import { Prompt } from './Prompt.tsx';
import { Response } from './Response.tsx';
import { followScroll, readingCommands } from './reading-commands.ts';
import { textOf } from './turns.ts';
import type { WorkProps } from './work-props.ts';

/** The prompt on top, A and B hugging the plumb line below it, the answers hanging from the line. */
export function PairWork({
  item,
  session,
  reading,
  chosen,
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
  const [scale] = useSetting(settings.scale);
  const sides = useRef<HTMLDivElement>(null);
  const [a, b] = item.responses;
  const marks = useMemo(
    () => (reading.difference ? wordDifference(textOf(a?.messages ?? []), textOf(b?.messages ?? [])) : null),
    [reading.difference, a, b],
  );
  const judge = (id: string) => decide(decisionOf(answerById(id), item));
  const follow = followScroll(reading, sides);

  useCommands(
    {
      ...readingCommands(reading, sides),
      'label.difference': () => reading.toggle('difference'),
      'label.guideline': () => reading.toggle('guideline'),
    },
    readable,
  );
  const seven: Commands = scale === 'seven' ? { 'label.seven': ({ key }) => judge(scaleOfSeven[Number(key) - 1]?.id ?? 'tie') } : {};
  useCommands(
    {
      ...seven,
      ...Object.fromEntries(Object.entries(answerCommands).map(([command, id]) => [command, () => judge(id)])),
      'label.undo': () => session.undo(),
      'label.skip': () => open('skip'),
      'label.flag': () => open('flag'),
      'label.reason': () => open('reason'),
      'label.rate': () => rated !== null && open('ratings'),
      'label.mine': toggleMine,
    },
    enabled,
  );

  return (
    <section className={classes.pair} aria-label="The pair to judge">
      {demo && <DemoLine />}
      <Prompt messages={item.prompt} whole={reading.wholePrompt} onWhole={() => reading.toggle('wholePrompt')} size={reading.size} />
      <div className={classes.sides} ref={sides}>
        <Response side="a" messages={a?.messages ?? none} marks={marks?.onlyA ?? null} size={reading.size} onScroll={follow} />
        <div className={classes.line} aria-hidden />
        <Response side="b" messages={b?.messages ?? none} marks={marks?.onlyB ?? null} size={reading.size} onScroll={follow} />
      </div>
      {docked}
      <AnswerScale scale={scale} chosen={chosen} onAnswer={(answer) => judge(answer.id)} />
      <KeyBar
        items={[
          { command: 'label.skip', words: 'Skip' },
          { command: 'label.flag', words: 'Flag', on: flagged },
          { command: 'label.difference', words: 'Difference', on: reading.difference },
          { command: 'label.guideline', words: 'Guideline', on: reading.guideline },
          { command: 'label.reason', words: 'Reason', on: reasoned },
          ...(rated === null ? [] : [{ command: 'label.rate' as const, words: 'Ratings', on: rated }]),
          { command: 'label.mine', words: 'Mine', on: mine },
          { command: 'label.undo', words: 'Undo' },
          { command: 'app.keys', words: 'All keys' },
        ]}
      />
    </section>
  );
}

const none: Message[] = [];
