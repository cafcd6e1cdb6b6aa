import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './SettingRow.module.css';

/** Label left, its one-line reason under it, the field right. */
export function SettingRow({ label, why, htmlFor, children }: { label: string; why: ReactNode; htmlFor?: string; children: ReactNode }) {
  return (
    <div className={classes.row}>
      <div>
        <Text component="label" htmlFor={htmlFor} size="sm" fw={600} display="block">
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {why}
        </Text>
      </div>
      <div className={classes.field}>{children}</div>
    </div>
  );
}
