import { Text } from '@mantine/core';
import type { Estimate } from '#shared/domain.ts';
import { fewObservations } from '#shared/statistics.ts';
import type { NumberKind } from '../ui/format.ts';
import { Num } from '../ui/Num.tsx';
import { asCount, isFew } from './finding.ts';

/** `71% [64, 77]`; under twenty `11 of 14` for a share and “too few” for a coefficient; a dash where there is nothing to count. */
export function Share({ estimate, kind = 'percent' }: { estimate: Estimate | null; kind?: NumberKind }) {
  if (!estimate) {
    return (
      <Text span inherit c="dimmed" aria-label="none yet">
        –
      </Text>
    );
  }
  if (!isFew(estimate)) return <Num value={estimate} kind={kind} />;
  if (kind === 'percent') return asCount(estimate);
  return (
    <Text span inherit c="dimmed" title={`${fewObservations} pairs, and a coefficient is given`}>
      too few
    </Text>
  );
}
