import type { Stations as StationsData } from '#shared/api/project.ts';
import type { Estimate } from '#shared/domain.ts';
import { MathSign } from '../ui/MathSign.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import type { ActiveRun } from './finding.ts';
import classes from './Stations.module.css';
import { stationRows } from './station-rows.tsx';

interface StationsProps {
  stations: StationsData;
  at: number;
  active: ActiveRun | null;
  /** How often two people agree, ties left out. */
  agreement: Estimate | null;
}

/** The five stations on one line, in the order of the objective. Rows share one grid, so that the eye runs along a row. */
export function Stations({ stations, at, active, agreement }: StationsProps) {
  const rows = stationRows(stations, active, agreement);
  return (
    <ol className={classes.stations} aria-label="The line of work" data-intervals={rows.some((row) => row.interval) || undefined}>
      {rows.map((row, index) => (
        <li key={row.name} className={classes.station} data-passed={index < at || undefined} data-here={index === at || undefined}>
          <div className={classes.track} aria-hidden>
            <span className={classes.dot} />
          </div>
          <h2 className={classes.name} aria-current={index === at ? 'step' : undefined}>
            {row.name} {row.sign && <MathSign tex={row.sign} />}
          </h2>
          <p className={classes.state}>{row.state}</p>
          <div className={classes.figure}>{row.figure}</div>
          <p className={classes.state}>{row.unit}</p>
          <div className={classes.interval}>{row.interval}</div>
          <p className={classes.action}>{row.action && <TextLink to={row.action.to}>{row.action.words}</TextLink>}</p>
        </li>
      ))}
    </ol>
  );
}
