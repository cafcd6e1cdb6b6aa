import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { count } from '../ui/format.ts';
import { isAt, type Place, places, settingsPlace } from './places.ts';
import { queries } from './queries.ts';
import classes from './Rail.module.css';
import { useActiveRun } from './use-active-run.ts';

/** The rail: words, with counts on the right. */
export function Rail({ isLead }: { isLead: boolean }) {
  const { data: summary } = useQuery(queries.summary());
  const active = useActiveRun(isLead);
  const notes: Record<string, string | undefined> = {
    '/label': summary && summary.counts.waiting > 0 ? count(summary.counts.waiting) : undefined,
    '/train': active ? `${Math.floor(active.fraction * 100)}%` : undefined,
  };
  return (
    <nav className={classes.rail} aria-label="Places">
      {places
        .filter((place) => isLead || !place.leadOnly)
        .map((place) => (
          <RailLink key={place.path} place={place} note={notes[place.path]} />
        ))}
      <div className={classes.foot}>
        <RailLink place={settingsPlace} />
      </div>
    </nav>
  );
}

function RailLink({ place, note }: { place: Place; note?: string | undefined }) {
  const { pathname } = useLocation();
  const active = isAt(place, pathname);
  return (
    <Link to={place.path} className={classes.link} data-active={active || undefined} aria-current={active ? 'page' : undefined}>
      <span>{place.name}</span>
      {note && <span className={classes.note}>{note}</span>}
    </Link>
  );
}
