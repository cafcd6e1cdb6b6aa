import { useKey } from '../app/key-bindings.ts';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './DemoLine.module.css';

/** One line above the first pair: what this is, and what to do. */
export function DemoLine() {
  return (
    <p className={classes.line}>
      This is the demo project. A small model answered guests at a hotel’s front desk, twice each. Press{' '}
      <Kbd keys={useKey('label.betterA')} /> or <Kbd keys={useKey('label.betterB')} /> for the reply you would rather get.
    </p>
  );
}
