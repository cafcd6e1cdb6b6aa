import { useKey } from '../app/key-bindings.ts';
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
      {answers.map((answer, place) => (
        <AnswerButton
          key={answer.id}
          answer={answer}
          digit={scale === 'seven' ? String(place + 1) : null}
          chosen={chosen === answer.id}
          onAnswer={onAnswer}
        />
      ))}
      <AnswerButton answer={bothBad} digit={null} chosen={chosen === bothBad.id} onAnswer={onAnswer} />
    </fieldset>
  );
}

interface AnswerButtonProps {
  answer: Answer;
  /** Of seven answers, each is its digit. */
  digit: string | null;
  chosen: boolean;
  onAnswer: (answer: Answer) => void;
}

function AnswerButton({ answer, digit, chosen, onAnswer }: AnswerButtonProps) {
  const key = useKey(answer.command ?? 'label.seven');
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
      <Kbd keys={digit ?? key} />
      <span className={classes.words}>{answer.words}</span>
    </button>
  );
}
