import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import classes from './Panel.module.css';
import { drafts } from './use-session.ts';

interface ReasonBoxProps {
  assignmentId: string;
  /** Characters that the guideline asks for; 0 for none. */
  minimum: number;
  /** Written to the end. */
  onDone: () => void;
  onClose: () => void;
}

/** Why, in words, under the texts that it speaks of. Kept at every keystroke until the judgment that it goes with is saved. */
export function ReasonBox({ assignmentId, minimum, onDone, onClose }: ReasonBoxProps) {
  const [text, setText] = useState(() => drafts.read(assignmentId));
  const missing = minimum - text.trim().length;
  return (
    <div className={classes.docked}>
      <div className={classes.written}>
        <Textarea
          label="Reason"
          description={
            missing > 0
              ? `The guideline asks for one: ${missing} more ${missing === 1 ? 'character' : 'characters'}`
              : 'Saved with your judgment of this pair'
          }
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
            if (event.key === 'Escape') onClose();
            else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onDone();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <p className={classes.foot}>
          <Kbd keys="Mod+Enter" /> done · <Kbd keys="Escape" /> back to the keys; what you wrote stays
        </p>
      </div>
    </div>
  );
}
