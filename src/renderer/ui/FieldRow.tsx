import type { ReactNode } from 'react';
import classes from './form.module.css';

/** A row of a form: label and its one-line reason left, the field right. */
export function FieldRow({ label, why, children }: { label: ReactNode; why: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.field}>
      <div>
        <div className={classes.fieldLabel}>{label}</div>
        <div className={classes.fieldWhy}>{why}</div>
      </div>
      <div className={classes.fieldInput}>{children}</div>
    </div>
  );
}
