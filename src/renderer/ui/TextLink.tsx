import type { ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './TextLink.module.css';

/** A quiet action in the text: ink with a hairline under it. */
export function TextLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link to={to} className={classes.link}>
      {children}
    </Link>
  );
}

/** The same look for what is done here rather than gone to. */
export function TextButton({ onClick, pressed, children }: { onClick: () => void; pressed?: boolean; children: ReactNode }) {
  return (
    <button type="button" onClick={onClick} aria-pressed={pressed} className={classes.link}>
      {children}
    </button>
  );
}
