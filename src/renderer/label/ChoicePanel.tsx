import { FocusTrap, TextInput } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import { TextButton } from '../ui/TextLink.tsx';
import classes from './Panel.module.css';

interface ChoicePanelProps {
  title: string;
  reasons: readonly string[];
  onChoose: (reason: string) => void;
  onClose: () => void;
  /** Takes an earlier choice away. */
  onClear?: (() => void) | undefined;
}

/** A reason by one digit, or in words. */
export function ChoicePanel({ title, reasons, onChoose, onClose, onClear }: ChoicePanelProps) {
  const [words, setWords] = useState('');
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = words === '' ? reasons[Number(event.key) - 1] : undefined;
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && words.trim() !== '') onChoose(words.trim());
    else if (chosen !== undefined) onChoose(chosen);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <FocusTrap active>
      <div className={classes.panel} role="dialog" aria-label={title} onKeyDown={onKeyDown}>
        <h2 className={classes.title}>{title}</h2>
        <div className={classes.reasons}>
          {reasons.map((reason, index) => (
            <button key={reason} type="button" className={classes.reason} onClick={() => onChoose(reason)}>
              <Kbd keys={String(index + 1)} /> {reason}
            </button>
          ))}
        </div>
        <TextInput
          label="Or in your words"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          autoFocus // at once: FocusTrap waits a moment, and what is typed in it would be keys of the page
          data-autofocus
          maxLength={2000}
          rightSection={<Kbd keys="Enter" />}
          rightSectionWidth={56}
        />
        <p className={classes.foot}>
          <Kbd keys="Escape" /> back to the pair
          {onClear && (
            <>
              {' · '}
              <TextButton
                onClick={() => {
                  onClear();
                  onClose();
                }}
              >
                Take the flag away
              </TextButton>
            </>
          )}
        </p>
      </div>
    </FocusTrap>
  );
}
