import { Table } from '@mantine/core';
import { Link } from 'react-router';
import type { CheckpointView } from '#shared/api/compare.ts';
import type { CheckpointKind } from '#shared/domain.ts';
import { count, formatBytes } from '../ui/format.ts';
import rowClasses from '../ui/rows.module.css';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import classes from './models.module.css';

export const kindWords: Record<CheckpointKind, string> = { base: 'Base', sft: 'SFT', reward: 'Reward model', policy: 'Policy' };

interface CheckpointTableProps {
  checkpoints: CheckpointView[];
  chosen: string;
  /** The row that `j` and `k` stand on, or −1. */
  focused: number;
  onChoose: (id: string, index: number) => void;
  evaluate: (checkpoint: CheckpointView) => string | null;
}

/** Every checkpoint, newest first; the selection is the picture's. */
export function CheckpointTable({ checkpoints, chosen, focused, onChoose, evaluate }: CheckpointTableProps) {
  return (
    <Table className={rowClasses.table} stickyHeader>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Checkpoint</Table.Th>
          <Table.Th>Kind</Table.Th>
          <Table.Th>From run</Table.Th>
          <Table.Th>Evaluation</Table.Th>
          <Table.Th ta="right">Parameters</Table.Th>
          <Table.Th ta="right">Size</Table.Th>
          <Table.Th ta="right">When</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {checkpoints.map((checkpoint, index) => (
          <Table.Tr
            key={checkpoint.id}
            data-row={index}
            data-chosen={checkpoint.id === chosen || undefined}
            data-focused={index === focused || undefined}
            onClick={() => onChoose(checkpoint.id, index)}
          >
            <Table.Td fw={checkpoint.id === chosen ? 600 : 500}>
              <Link to={`/models/${checkpoint.id}`} replace className={rowClasses.rowLink}>
                {checkpoint.name}
              </Link>
            </Table.Td>
            <Table.Td c="dimmed">{kindWords[checkpoint.kind]}</Table.Td>
            <Table.Td>
              {checkpoint.run ? (
                <Link to={`/train/${checkpoint.run.id}`} className={rowClasses.rowLink}>
                  {checkpoint.run.name}
                </Link>
              ) : (
                <span className={classes.dimmed}>brought along</span>
              )}
            </Table.Td>
            <Table.Td>{evaluate(checkpoint) ?? <span className={classes.dimmed}>not measured</span>}</Table.Td>
            <Table.Td ta="right">{count(checkpoint.parameters)}</Table.Td>
            <Table.Td ta="right">
              {formatBytes(checkpoint.bytes)}
              {checkpoint.adapterOf !== null && ' adapter'}
            </Table.Td>
            <Table.Td ta="right" c="dimmed">
              <TimeAgo at={checkpoint.createdAt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
