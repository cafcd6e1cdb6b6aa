import { Table } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { alignsPolicy, type Method } from '#shared/domain.ts';
import { queries } from '../app/queries.ts';
import { MathSign } from '../ui/MathSign.tsx';
import rowClasses from '../ui/rows.module.css';

import classes from './new-run.module.css';
import { settingValue } from './setting-words.ts';
import { signWords } from './signs.ts';
import { headlineColumn } from './words.ts';

/** What earlier runs of the method reached, and the settings that matter most: what to start from. */
export function EarlierRuns({ method }: { method: Method }) {
  const { data: runs = [] } = useQuery(queries.runs());
  const earlier = runs.filter((run) => run.method === method && run.headline !== null).slice(0, 5);
  const details = useQueries({ queries: earlier.map((run) => queries.run(run.id)) });
  if (earlier.length === 0) return null;
  const reached = headlineColumn(earlier.map(({ headline }) => headline));
  return (
    <section className={classes.side}>
      <h2 className={classes.sideTitle}>What earlier runs reached</h2>
      <Table className={rowClasses.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Run</Table.Th>
            {alignsPolicy(method) ? (
              <Table.Th ta="right">
                <MathSign tex="\beta" />
              </Table.Th>
            ) : (
              <Table.Th ta="right">Trained on</Table.Th>
            )}
            <Table.Th ta="right">Learning rate</Table.Th>
            <Table.Th ta="right" pr={0}>
              {capital(reached.name)}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {earlier.map((run, index) => {
            const detail = details[index]?.data;
            const sign = detail?.signs.at(-1);
            return (
              <Table.Tr key={run.id}>
                <Table.Td pl={0}>
                  <Link className={rowClasses.rowLink} to={`/train/${run.id}`}>
                    {run.name}
                  </Link>
                </Table.Td>
                <Table.Td ta="right">
                  {detail && (alignsPolicy(method) ? settingValue(detail.config.klCoefficient) : detail.data.train.toLocaleString('en-US'))}
                </Table.Td>
                <Table.Td ta="right">{detail && settingValue(detail.config.learningRate)}</Table.Td>
                <Table.Td ta="right" pr={0} fw={500}>
                  {reached.cells[index]}
                  {sign && <div className={classes.earlierSign}>{signWords(sign.sign)}</div>}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
