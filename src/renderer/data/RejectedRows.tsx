import { Box, Table, Text } from '@mantine/core';
import type { RejectedRow } from '#shared/api/data.ts';
import { count } from '../ui/format.ts';
import { SectionTitle } from '../ui/Page.tsx';

/** Rows that will not be, or were not, imported: line, reason and what stands there. On the page, not behind a link. `children` says what becomes of the others. */
export function RejectedRows({ rows, total, children }: { rows: RejectedRow[]; total: number; children: string }) {
  if (total === 0) return null;
  return (
    <Box mt={40}>
      <SectionTitle title={`${count(total)} ${total === 1 ? 'row' : 'rows'} cannot be imported`}>{children}</SectionTitle>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={70} ta="right">
              Line
            </Table.Th>
            <Table.Th w={300}>Why</Table.Th>
            <Table.Th>What is there</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.line}>
              <Table.Td ta="right">{count(row.line)}</Table.Td>
              <Table.Td>{row.reason}</Table.Td>
              <Table.Td>
                <Text ff="monospace" size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {row.text}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {total > rows.length && (
        <Text size="xs" c="dimmed" mt={8}>
          {count(total - rows.length)} more.
        </Text>
      )}
    </Box>
  );
}
