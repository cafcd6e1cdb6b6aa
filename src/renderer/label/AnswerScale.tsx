import { Kbd } from '../ui/Kbd.tsx';
import classes from './AnswerScale.module.css';
import { type Answer, bothBad, scaleOfFive, scaleOfSeven } from './answers.ts';

interface AnswerScaleProps {
  scale: 'five' | 'seven';
  /** The answer that is on its way to the store. */
  chosen: string | null;
  onAnswer: (answer: Answer) => void;
}

/** The answers hang from the plumb line: A to its left, B to its right, shorter ticks for weaker answers, the line itself a tie. */
export function AnswerScale({ scale, chosen, onAnswer }: AnswerScaleProps) {
  const answers = scale === 'seven' ? scaleOfSeven : scaleOfFive;
  return (
    <fieldset className={classes.scale} aria-label="Which response is better?" data-answers={answers.length}>
      <span className={classes.axis} aria-hidden />
      {answers.map((answer) => (
        <AnswerButton key={answer.id} answer={answer} chosen={chosen === answer.id} onAnswer={onAnswer} />
      ))}
      <AnswerButton answer={bothBad} chosen={chosen === bothBad.id} onAnswer={onAnswer} />
    </fieldset>
  );
}

function AnswerButton({ answer, chosen, onAnswer }: { answer: Answer; chosen: boolean; onAnswer: (answer: Answer) => void }) {
  return (
    <button
      type="button"
      className={classes.answer}
      data-side={answer.side ?? undefined}
      data-strength={answer.strength ?? undefined}
      data-apart={answer.bothBad || undefined}
      data-chosen={chosen || undefined}
      data-answer={answer.id}
      aria-pressed={chosen}
      // The hand stays on the keys: a click must not leave the focus on a button that Enter or Space would press again.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => onAnswer(answer)}
    >
      <span className={classes.tick} aria-hidden />
      <Kbd keys={answer.keys} />
      <span className={classes.words}>{answer.words}</span>
    </button>
  );
}
