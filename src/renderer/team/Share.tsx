import { Text } from '@mantine/core';
import type { Estimate } from '#shared/domain.ts';
import type { NumberKind } from '../ui/format.ts';
import { Num } from '../ui/Num.tsx';
import { asCount } from './finding.ts';

/** `71% [64, 77]`, `11 of 14` under twenty, or a dash where there is nothing to count. */
export function Share({ estimate, kind = 'percent' }: { estimate: Estimate | null; kind?: NumberKind }) {
  if (!estimate) {
    return (
      <Text span inherit c="dimmed" aria-label="none yet">
        –
      </Text>
    );
  }
  const few = kind === 'percent' ? asCount(estimate) : null;
  return few === null ? <Num value={estimate} kind={kind} /> : few;
}
