import { Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { CheckpointMeasures, ComparisonReport } from '#shared/api/compare.ts';
import { MathSign } from '../ui/MathSign.tsx';
import { Num } from '../ui/Num.tsx';
import rowClasses from '../ui/rows.module.css';
import classes from './compare.module.css';
import { factsSentence } from './facts.ts';
import { WinRateCell } from './WinRateCell.tsx';

/** What was measured of each checkpoint's answers, means over prompts. */
export function MeasuresTable({ report }: { report: ComparisonReport }) {
  const scored = report.checkpoints.some((one) => one.reward !== null);
  return (
    <section aria-label="Measures" className={classes.measures}>
      <h2 className={classes.sectionTitle}>
        Checkpoints <span>means over {report.prompts.toLocaleString('en-US')} prompts, brackets: 95%</span>
      </h2>
      <Table className={rowClasses.table} layout="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Checkpoint</Table.Th>
            <Table.Th ta="right">Blind win rate</Table.Th>
            {scored && (
              <Table.Th ta="right">
                Reward <MathSign tex="r_\varphi" />
              </Table.Th>
            )}
            <Table.Th ta="right" title="k3, nats a response">
              KL
            </Table.Th>
            <Table.Th ta="right">Tokens</Table.Th>
            <Table.Th ta="right" title="different pairs of neighboring words over all such pairs">
              Distinct-2
            </Table.Th>
            <Table.Th ta="right" title="answers that ended by themselves">
              Ended
            </Table.Th>
            <Table.Th ta="right" pr={0} title="answers that state a stray number: a room, a time or a count which their prompt has not">
              Stray
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.checkpoints.map((one, index) => (
            <Row key={one.checkpoint.id} measures={one} pinned={index === 0} scored={scored} />
          ))}
        </Table.Tbody>
      </Table>
      {scored && (
        <Text size="sm" c="dimmed" maw="72ch" mt={8}>
          {factsSentence(report.checkpoints)}
        </Text>
      )}
    </section>
  );
}

function Row({ measures, pinned, scored }: { measures: CheckpointMeasures; pinned: boolean; scored: boolean }) {
  return (
    <Table.Tr>
      <Table.Td pl={0}>
        <Link to={`/models/${measures.checkpoint.id}`} className={rowClasses.rowLink}>
          {measures.checkpoint.name}
        </Link>
      </Table.Td>
      <Table.Td ta="right" miw={110}>
        {pinned ? (
          <Text span inherit c="dimmed">
            reference
          </Text>
        ) : (
          <WinRateCell measures={measures} drawn />
        )}
      </Table.Td>
      {scored && <Table.Td ta="right">{measures.reward && <Num value={measures.reward} kind="signed" />}</Table.Td>}
      <Table.Td ta="right">{pinned ? '0' : measures.kl && <Num value={measures.kl} digits={1} />}</Table.Td>
      <Table.Td ta="right">
        <Num value={measures.length} digits={0} />
      </Table.Td>
      <Table.Td ta="right">{measures.distinctFraction.toFixed(2)}</Table.Td>
      <Table.Td ta="right">{Math.round(measures.terminatedFraction * 100)}%</Table.Td>
      <Table.Td ta="right" pr={0}>
        {measures.strayNumbers ? `${Math.round(measures.strayNumbers.value * 100)}%` : '–'}
      </Table.Td>
    </Table.Tr>
  );
}
