import { Text, type TextProps } from '@mantine/core';
import type { Estimate } from '#shared/domain.ts';
import { formatBrackets, formatNumber, type NumberKind } from './format.ts';

interface NumProps extends Omit<TextProps, 'children'> {
  /** A plain value, or an estimate that brings its 95% interval. */
  value: number | Estimate;
  kind?: NumberKind | undefined;
  digits?: number | undefined;
}

/** `59% [48, 70]`: the estimate in ink, its 95% interval dimmed. */
export function Num({ value, kind = 'plain', digits, ...props }: NumProps) {
  if (typeof value === 'number') {
    return (
      <Text span inherit {...props}>
        {formatNumber(value, kind, digits)}
      </Text>
    );
  }
  return (
    <Text span inherit style={{ whiteSpace: 'nowrap' }} {...props}>
      {formatNumber(value.value, kind, digits)}{' '}
      <Text span inherit c="dimmed" fw={400}>
        {formatBrackets(value, kind, digits)}
      </Text>
    </Text>
  );
}
