import { UnstyledButton } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import classes from './form.module.css';

interface FoldRowProps {
  title: ReactNode;
  /** The values inside, named on the row itself, so that opening it is seldom needed. */
  summary: ReactNode;
  children: ReactNode;
  /** Folded. */
  initiallyOpen?: boolean;
}

/** A row that names what it holds and unfolds it. */
export function FoldRow({ title, summary, children, initiallyOpen = false }: FoldRowProps) {
  const [open, setOpen] = useState(initiallyOpen);
  const id = useId();
  return (
    <div className={classes.fold}>
      <UnstyledButton className={classes.foldRow} aria-expanded={open} aria-controls={open ? id : undefined} onClick={() => setOpen(!open)}>
        <svg width="8" height="10" viewBox="0 0 8 10" className={classes.foldArrow} data-open={open || undefined} aria-hidden="true">
          <path d="M1.5 1 6 5 1.5 9" fill="none" stroke="currentColor" strokeWidth="1.5" />
        </svg>
        <span className={classes.foldTitle}>{title}</span>
        <span className={classes.foldSummary}>{summary}</span>
      </UnstyledButton>
      {open && (
        <div id={id} className={classes.foldBody}>
          {children}
        </div>
      )}
    </div>
  );
}
