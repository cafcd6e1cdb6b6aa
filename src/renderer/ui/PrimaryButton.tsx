import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { useKey } from '../app/key-bindings.ts';
import { useCommands } from '../app/keyboard.ts';
import type { CommandName } from '../app/keys.ts';
import { Kbd } from './Kbd.tsx';

interface PrimaryButtonProps extends Omit<ButtonProps, 'onClick'> {
  onClick: () => void;
  children: ReactNode;
  /** Enter, unless the page says otherwise. */
  command?: CommandName;
}

/** The one heavy button of a page. It shows its key, and the key presses it. */
export function PrimaryButton({ onClick, children, command = 'page.main', disabled, loading, ...props }: PrimaryButtonProps) {
  useCommands({ [command]: onClick }, !disabled && !loading);
  return (
    <Button
      h={36}
      onClick={onClick}
      rightSection={<Kbd keys={useKey(command)} inverted />}
      {...(disabled === undefined ? {} : { disabled })}
      {...(loading === undefined ? {} : { loading })}
      {...props}
    >
      {children}
    </Button>
  );
}
