import type { ReactNode } from 'react';
import type { Estimate } from '#shared/domain.ts';
import type { NumberKind } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import classes from './estimates.module.css';
import { isFew } from './finding.ts';
import { Share } from './Share.tsx';

export interface ReferenceLine {
  value: number;
  name: string;
}

interface EstimateRowProps {
  name: ReactNode;
  /** Beside or under the name: how many, or what the line is. */
  note?: ReactNode;
  noteBelow?: boolean;
  estimate: Estimate | null;
  domain: readonly [number, number];
  /** Hairlines of the whole block, drawn through every row. */
  lines: readonly ReferenceLine[];
  band?: readonly [number, number] | undefined;
  kind?: NumberKind;
  failed?: boolean;
}

/** A row of a block that shares one axis: name, interval against the block's lines, number. */
export function EstimateRow({
  name,
  note,
  noteBelow = false,
  estimate,
  domain,
  lines,
  band,
  kind = 'percent',
  failed = false,
}: EstimateRowProps) {
  const at = placeOn(domain);
  return (
    <li className={classes.estimateRow}>
      <div className={classes.estimateName} data-below={noteBelow || undefined}>
        {name} {note !== undefined && <span className={classes.note}>{note}</span>}
      </div>
      <div className={classes.estimatePlot}>
        {band && <span className={classes.band} style={{ left: at(band[0]), right: `calc(100% - ${at(band[1])})` }} />}
        {lines.map((line) => (
          <span key={line.name} className={classes.line} style={{ left: at(line.value) }} />
        ))}
        {estimate && !isFew(estimate) && <Interval estimate={estimate} domain={domain} kind={kind} failed={failed} />}
      </div>
      <div className={classes.estimateNumber} data-failed={failed || undefined}>
        <Share estimate={estimate} kind={kind} />
      </div>
    </li>
  );
}

/** Where a value stands on an axis, as CSS. */
export function placeOn([low, high]: readonly [number, number]): (value: number) => string {
  return (value) => `${(Math.min(1, Math.max(0, (value - low) / (high - low))) * 100).toFixed(2)}%`;
}
