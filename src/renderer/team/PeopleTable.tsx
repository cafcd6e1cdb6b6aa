import { Table } from '@mantine/core';
import { Fragment } from 'react';
import type { PersonPanel, TeamEvent } from '#shared/api/team.ts';
import { Sparkline } from '../charts/Sparkline.tsx';
import { count } from '../ui/format.ts';
import { Interval } from '../ui/Interval.tsx';
import rowClasses from '../ui/rows.module.css';
import { Triangle } from '../ui/Triangle.tsx';
import { isFew } from './finding.ts';
import classes from './PeopleTable.module.css';
import { PersonDetail } from './PersonDetail.tsx';
import { Share } from './Share.tsx';

interface PeopleTableProps {
  people: readonly PersonPanel[];
  /** The line that agreement with the rest is measured against. */
  reference: { value: number; name: string };
  live?: ReadonlyMap<string, TeamEvent>;
  opened: string | null;
  onOpen: (personId: string | null) => void;
  /** Whether the one who looks may take a person's judgments out. */
  mayRemove?: boolean;
}

const days = Array.from({ length: 14 }, (_, day) => day);
const rest = [0.3, 1] as const;
const side = [0.3, 0.7] as const;

/** One row a person. A person is named in red only beside the evidence. */
export function PeopleTable({ people, reference, live, opened, onOpen, mayRemove = false }: PeopleTableProps) {
  return (
    <div className={classes.peopleScroll}>
      <Table className={rowClasses.table} layout="auto" horizontalSpacing={7}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Name</Table.Th>
            <Table.Th ta="right">Judged</Table.Th>
            <Table.Th ta="right">An hour</Table.Th>
            <Table.Th>14 days</Table.Th>
            <Table.Th colSpan={2}>Agrees with the rest</Table.Th>
            <Table.Th ta="right">With oneself</Table.Th>
            <Table.Th ta="right">Gold found</Table.Th>
            <Table.Th colSpan={2}>Left one picked</Table.Th>
            <Table.Th ta="right">Longer preferred</Table.Th>
            <Table.Th ta="right" pr={0}>
              Too fast
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {people.map((person, index) => {
            const isOpen = opened === person.personId;
            const flagged = (kind: string) => person.flags.some((flag) => flag.kind === kind);
            return (
              <Fragment key={person.personId}>
                <Table.Tr data-row={index} data-chosen={isOpen || undefined}>
                  <Table.Td pl={0}>
                    <button
                      type="button"
                      className={classes.personButton}
                      aria-expanded={isOpen}
                      data-flagged={person.flags.length > 0 || undefined}
                      onClick={() => onOpen(isOpen ? null : person.personId)}
                    >
                      {person.name}
                    </button>
                    {person.flags.length > 0 && (
                      <div className={classes.flagWords}>
                        <Triangle /> {person.flags.map(({ words }) => words).join(', ')}
                      </div>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{count(live?.get(person.personId)?.judged ?? person.judged)}</Table.Td>
                  <Table.Td ta="right">{person.perHour === null ? '–' : count(person.perHour)}</Table.Td>
                  <Table.Td>
                    <div className={classes.days}>
                      <Sparkline x={days} y={person.days} from={0} to={13} />
                    </div>
                  </Table.Td>
                  <Table.Td className={classes.smallPlot}>
                    {person.rest && !isFew(person.rest) && (
                      <Interval estimate={person.rest} domain={rest} reference={reference} failed={flagged('drift') || flagged('apart')} />
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Share estimate={person.rest} />
                  </Table.Td>
                  <Table.Td ta="right" className={flagged('self') ? classes.signal : undefined}>
                    <Share estimate={person.self} />
                  </Table.Td>
                  <Table.Td ta="right" className={flagged('gold') ? classes.signal : undefined}>
                    <Share estimate={person.gold} />
                  </Table.Td>
                  <Table.Td className={classes.smallPlot}>
                    {person.left && !isFew(person.left) && (
                      <Interval estimate={person.left} domain={side} reference={{ value: 0.5, name: '50%' }} failed={flagged('side')} />
                    )}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Share estimate={person.left} />
                  </Table.Td>
                  <Table.Td ta="right">
                    <Share estimate={person.longer} />
                  </Table.Td>
                  <Table.Td ta="right" pr={0} className={flagged('fast') ? classes.signal : undefined}>
                    <Share estimate={person.fast} />
                  </Table.Td>
                </Table.Tr>
                {isOpen && (
                  <Table.Tr>
                    <Table.Td colSpan={12} p={0}>
                      <PersonDetail person={person} mayRemove={mayRemove} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
