import type { Estimate } from '#shared/domain.ts';
import { formatEstimate, type NumberKind } from './format.ts';
import classes from './Interval.module.css';

interface IntervalProps {
  estimate: Estimate;
  /** The axis, shared by all rows of a block. */
  domain: readonly [number, number];
  /** The line it is measured against, with its name. */
  reference?: { value: number; name: string } | undefined;
  kind?: NumberKind;
  digits?: number | undefined;
  /** Writes the reference's name under its hairline. */
  named?: boolean;
  /** Outside its limit: a red square instead of a dot. */
  failed?: boolean;
  height?: number;
}

/** An estimate with its 95% interval, hung beside a hairline. Fills its container's width. */
export function Interval({
  estimate,
  domain,
  reference,
  kind = 'percent',
  digits,
  named = false,
  failed = false,
  height = 20,
}: IntervalProps) {
  const [low, high] = domain;
  const at = (value: number) => `${(Math.min(1, Math.max(0, (value - low) / (high - low))) * 100).toFixed(2)}%`;
  const middle = height / 2;
  const words = `${formatEstimate(estimate, kind, digits)}, 95% interval${reference ? `; ${reference.name} is the line` : ''}`;
  return (
    <div className={classes.root} data-failed={failed || undefined}>
      <svg className={classes.plot} width="100%" height={height} role="img" aria-label={words}>
        <line className={classes.axis} x1="0" x2="100%" y1={middle} y2={middle} />
        {reference && <line className={classes.reference} x1={at(reference.value)} x2={at(reference.value)} y1="0" y2={height} />}
        <line className={classes.whisker} x1={at(estimate.low)} x2={at(estimate.high)} y1={middle} y2={middle} />
        {[estimate.low, estimate.high].map((end) => (
          <line key={end} className={classes.tick} x1={at(end)} x2={at(end)} y1={middle - 3.5} y2={middle + 3.5} />
        ))}
        {failed ? (
          <rect className={classes.mark} x={at(estimate.value)} y={middle - 4} width="8" height="8" transform="translate(-4 0)" />
        ) : (
          <circle className={classes.mark} cx={at(estimate.value)} cy={middle} r="4" />
        )}
      </svg>
      {named && reference && (
        <span className={classes.name} style={{ left: at(reference.value) }} aria-hidden>
          {reference.name}
        </span>
      )}
    </div>
  );
}
