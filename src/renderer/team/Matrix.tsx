import type { TeamReport } from '#shared/api/team.ts';
import { fewObservations } from '#shared/statistics.ts';
import { counted, formatEstimate } from '../ui/format.ts';
import { asCount } from './finding.ts';
import classes from './Matrix.module.css';
import team from './team.module.css';

/** More people than this do not fit, and nobody would read it. */
const most = 14;

/** How often each two people agree, ties left out: the darker, the more. */
export function Matrix({ report }: { report: TeamReport }) {
  const people = report.people
    .filter(({ personId }) => report.couples.some(({ first, second }) => first === personId || second === personId))
    .slice(0, most);
  const between = new Map(
    report.couples.flatMap(
      ({ first, second, agreement }) =>
        [
          [`${first} ${second}`, agreement],
          [`${second} ${first}`, agreement],
        ] as const,
    ),
  );
  if (people.length < 2) return null;
  return (
    <section aria-label="Between two people" className={classes.matrixSection}>
      <h2 className={team.sectionTitle}>Between two people, %</h2>
      <table className={classes.matrix}>
        <tbody>
          {people.map((row, index) => (
            <tr key={row.personId}>
              <th scope="row" title={row.name}>
                {initials(row.name)}
              </th>
              {people.slice(0, index).map((column) => {
                const agreement = between.get(`${row.personId} ${column.personId}`);
                const words = agreement && `${row.name} and ${column.name}: ${asCount(agreement) ?? formatEstimate(agreement, 'percent')}`;
                return (
                  <td
                    key={column.personId}
                    title={words ? `${words}, ${counted(agreement.n, 'pair')}` : `${row.name} and ${column.name} share no pair`}
                    style={agreement && agreement.n >= fewObservations ? { background: shadeOf(agreement.value) } : undefined}
                  >
                    {agreement ? (
                      agreement.n < fewObservations ? (
                        <small>{asCount(agreement)?.replace(' of ', '/')}</small>
                      ) : (
                        Math.round(agreement.value * 100)
                      )
                    ) : (
                      ''
                    )}
                  </td>
                );
              })}
              {index < people.length - 1 && (
                <th scope="col" title={row.name} className={classes.matrixHead}>
                  {initials(row.name)}
                </th>
              )}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={team.small}>
        Ties left out. Hover for the interval; under {fewObservations} pairs, counts.
        {report.people.length > most && ` The ${most} who judged most.`}
      </p>
    </section>
  );
}

/** Gray by agreement, from half to all; pale enough that ink stands out from it in both schemes. */
function shadeOf(share: number): string {
  return `color-mix(in srgb, var(--mantine-color-text) ${Math.round(6 + 30 * Math.max(0, Math.min(1, (share - 0.4) / 0.6)))}%, transparent)`;
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? words.map((word) => [...word][0] ?? '') : [...name].slice(0, 2);
  return letters.slice(0, 3).join('').toUpperCase();
}
