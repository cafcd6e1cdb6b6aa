import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './Panel.module.css';
import { drafts } from './use-session.ts';

/** Why, in words. Kept at every keystroke until the judgment that it goes with is saved. */
export function ReasonBox({ assignmentId, onClose }: { assignmentId: string; onClose: () => void }) {
  const [text, setText] = useState(() => drafts.read(assignmentId));
  return (
    <div className={classes.panel}>
      <Textarea
        label="Reason"
        description="Saved with your judgment of this pair"
        autosize
        minRows={2}
        maxRows={6}
        value={text}
        autoFocus
        onChange={(event) => {
          setText(event.currentTarget.value);
          drafts.write(assignmentId, event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          }
        }}
      />
      <p className={classes.foot}>
        <Kbd keys="Escape" /> back to the keys; what you wrote stays
      </p>
    </div>
  );
}
