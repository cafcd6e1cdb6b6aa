import { useQuery } from '@tanstack/react-query';
import { NavLink } from 'react-router';
import { count } from '../ui/format.ts';
import { teamQueries } from './queries.ts';
import classes from './TeamNav.module.css';

/** The pages of Team. */
export function TeamNav() {
  const { data: queues } = useQuery(teamQueries.queues());
  const undecided = queues?.forAdjudication ?? 0;
  return (
    <nav className={classes.nav} aria-label="Team">
      <NavLink to="/team" end>
        Agreement
      </NavLink>
      <NavLink to="/team/people">People</NavLink>
      <NavLink to="/team/pairs">Who gets what</NavLink>
      <NavLink to="/team/flagged">Flags and skips</NavLink>
      <NavLink to="/team/decided">Disputes{undecided > 0 ? ` ${count(undecided)}` : ''}</NavLink>
    </nav>
  );
}
