import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { formatDuration } from '../ui/format.ts';
import { Kbd } from '../ui/Kbd.tsx';
import { useConnection } from './connection.ts';
import classes from './Header.module.css';
import { useKey } from './key-bindings.ts';
import { Mark } from './Mark.tsx';
import { ProjectSwitcher } from './ProjectSwitcher.tsx';
import { openPalette } from './palette-store.ts';
import { queries } from './queries.ts';
import { useActiveRun } from './use-active-run.ts';

interface HeaderProps {
  isLead: boolean;
  /** On Label: a menu button and the screen's name instead of the mark; no job, no Find. */
  reading: boolean;
  onMenu: () => void;
  middleRef: (element: HTMLElement | null) => void;
}

export function Header({ isLead, reading, onMenu, middleRef }: HeaderProps) {
  const { data: me } = useQuery(queries.me());
  const connection = useConnection();
  const findKey = useKey('app.find');
  const { pathname } = useLocation();
  return (
    <div className={classes.header}>
      <div className={classes.side}>
        {reading ? (
          <button type="button" className={classes.menu} onClick={onMenu} title="Show or hide the rail  [">
            <svg width="12" height="10" viewBox="0 0 12 10" stroke="currentColor" aria-hidden>
              <path d="M0 .5h12M0 5h12M0 9.5h12" />
            </svg>
            <span>{pathname === '/label' ? 'Label' : 'Blind vote'}</span>
          </button>
        ) : (
          <Mark />
        )}
        <ProjectSwitcher isLead={isLead} quiet={reading} />
      </div>
      <div className={classes.middle}>
        {connection === 'away' ? (
          <span className={classes.away} role="status">
            Reconnecting, nothing is lost
          </span>
        ) : null}
        <div ref={middleRef} className={classes.slot} />
      </div>
      <div className={classes.side} data-end>
        {!reading && isLead && <JobPill />}
        {!reading && (
          <button type="button" className={classes.find} onClick={openPalette}>
            Find <Kbd keys={findKey} />
          </button>
        )}
        {me && (
          <Link to="/settings" className={classes.person} title="Who is labeling">
            {me.name}
          </Link>
        )}
      </div>
    </div>
  );
}

/** The run that trains now: name, bar, percent, time left. Opens the run. */
function JobPill() {
  const run = useActiveRun();
  if (!run) return null;
  const percent = Math.floor(run.fraction * 100);
  const state =
    run.state === 'queued'
      ? 'waiting'
      : run.state === 'stopping'
        ? 'stopping'
        : run.secondsLeft === null
          ? `${percent}%`
          : `${percent}% · ${formatDuration(run.secondsLeft)} left`;
  return (
    <Link to={`/train/${run.id}`} className={classes.pill}>
      <span>{run.name}</span>
      <span className={classes.bar} role="progressbar" aria-valuenow={percent} aria-valuemin={0} aria-valuemax={100} aria-label={run.name}>
        <span style={{ width: `${percent}%` }} />
      </span>
      <span className={classes.dimmed}>{state}</span>
    </Link>
  );
}
