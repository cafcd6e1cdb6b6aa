import { VisuallyHidden } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { holderOf, keyOfPress, type OwnKeys } from '../app/key-bindings.ts';
import { type CommandName, keyMap } from '../app/keys.ts';
import type { Change } from '../app/use-setting.ts';
import classes from './KeyField.module.css';

interface KeyFieldProps {
  command: CommandName;
  keys: ReactNode;
  own: OwnKeys;
  onChange: (change: Change<OwnKeys>) => void;
}

/** A command's keys, and on a click the next key that is pressed becomes its first. Esc leaves it as it was, Backspace gives the original back. */
export function KeyField({ command, keys, own, onChange }: KeyFieldProps) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const stop = () => {
    setAsking(false);
    setProblem(null);
  };
  const take = (key: string) => {
    const holder = holderOf(key, command, own);
    if (holder !== null) {
      setProblem(`Taken: ${keyMap[holder].words}`);
      return;
    }
    onChange((now) => ({ ...now, [command]: key }));
    stop();
  };
  const restore = () => {
    const { [command]: _, ...others } = own;
    const [original = ''] = keyMap[command].keys;
    const holder = holderOf(original, command, others);
    if (holder !== null) {
      setProblem(`${original} is taken: ${keyMap[holder].words}`);
      return;
    }
    onChange(({ [command]: _, ...rest }) => rest);
    stop();
  };
  return (
    <button
      type="button"
      className={classes.field}
      data-own={own[command] !== undefined || undefined}
      onClick={() => setAsking(true)}
      onBlur={stop}
      onKeyDown={(event) => {
        if (!asking) return;
        event.preventDefault();
        event.stopPropagation();
        if (event.key === 'Escape') return stop();
        if (event.key === 'Backspace') return restore();
        const key = keyOfPress(event.nativeEvent);
        if (key !== null) take(key);
      }}
    >
      <VisuallyHidden>{keyMap[command].words}: change its key. </VisuallyHidden>
      {problem ? <span role="alert">{problem}</span> : asking ? 'Press a key' : keys}
    </button>
  );
}
