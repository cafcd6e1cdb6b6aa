import { Text } from '@mantine/core';
import type { CheckpointMeasures } from '#shared/api/compare.ts';
import { Interval } from '../ui/Interval.tsx';
import { Num } from '../ui/Num.tsx';
import classes from './compare.module.css';
import { votesOf } from './verdict.ts';

/** A blind win rate in a table: `59% [48, 70]` over its interval against the 50% hairline; a count where it rests on too little. */
export function WinRateCell({ measures, drawn = false }: { measures: CheckpointMeasures | undefined; drawn?: boolean }) {
  const winRate = measures?.winRate ?? null;
  if (winRate === null) {
    return (
      <Text span inherit c="dimmed">
        not judged
      </Text>
    );
  }
  if (winRate.rate === null) {
    return (
      <>
        {winRate.wins} of {votesOf(winRate)}
        {winRate.ties > 0 && (
          <Text span inherit c="dimmed">
            , {winRate.ties} tied
          </Text>
        )}
      </>
    );
  }
  return (
    <>
      <Num value={winRate.rate} kind="percent" />
      {drawn && (
        <div className={classes.smallInterval}>
          <Interval estimate={winRate.rate} domain={[0, 1]} reference={{ value: 0.5, name: '50%' }} height={12} />
        </div>
      )}
    </>
  );
}
