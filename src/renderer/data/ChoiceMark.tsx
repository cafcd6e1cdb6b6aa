import classes from './ChoiceMark.module.css';

/** Which response a row of a file prefers: the letter in its side's color, a tie, or the order of more than two as it is. */
export function ChoiceMark({ choice }: { choice: string | null }) {
  if (choice === null) return null;
  if (choice === 'ties') return <span className={classes.tie}>tie</span>;
  if (choice !== 'first' && choice !== 'second') return choice;
  const side = choice === 'first' ? 'a' : 'b';
  return (
    <span className={classes.mark} data-side={side}>
      {side.toUpperCase()}
    </span>
  );
}
