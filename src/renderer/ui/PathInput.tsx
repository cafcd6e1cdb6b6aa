import { Button, TextInput, type TextInputProps } from '@mantine/core';
import type { PathKind } from '#shared/bridge.ts';
import { bridge } from '../app/bridge.ts';

interface PathInputProps extends Omit<TextInputProps, 'onChange'> {
  kind: PathKind;
  onChange: (path: string) => void;
}

/** A path as text; in a window of the desktop also by the system's own dialog. */
export function PathInput({ kind, onChange, ...props }: PathInputProps) {
  const choose = async () => {
    const path = await bridge?.choosePath(kind);
    if (path) onChange(path);
  };
  const browse = (
    <Button variant="subtle" size="compact-sm" onClick={() => void choose()}>
      Browse
    </Button>
  );
  return (
    <TextInput
      {...props}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...(bridge && { rightSection: browse, rightSectionWidth: 76 })}
    />
  );
}
