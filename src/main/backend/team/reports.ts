import type { TeamReport } from '#shared/api/team.ts';
import type { Store } from '#store/store.ts';
import { inSlices } from './in-slices.ts';
import { type TeamKind, teamReport } from './report.ts';

/** While people judge, a report is at most this old. */
const freshFor = 5_000;

/** Reports of the team, made once for everybody who asks at the same time, and again only when something has changed. */
export function createReports(store: Store) {
  const made = new Map<TeamKind, { mark: string; at: number; report: Promise<TeamReport> }>();
  let changes = 0;

  /** What a report depends on. */
  const markOf = () => `${store.verdicts.newestJudgment()}:${changes}`;

  return {
    of(kind: TeamKind): Promise<TeamReport> {
      const mark = markOf();
      const known = made.get(kind);
      const stale =
        known === undefined || (known.mark !== mark && (Date.now() - known.at > freshFor || known.mark.split(':')[1] !== String(changes)));
      if (!stale) return known.report;
      const report = inSlices(teamReport(store, kind));
      made.set(kind, { mark, at: Date.now(), report });
      report.catch(() => made.delete(kind));
      return report;
    },
    /** Something other than a judgment changed what counts, or who is who. */
    changed: () => void changes++,
  };
}
