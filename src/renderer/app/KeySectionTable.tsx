import { Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Kbd } from '../ui/Kbd.tsx';
import { keysOf, useKey } from './key-bindings.ts';
import { type CommandName, type KeyCommand, type KeySection, keyMap } from './keys.ts';

const names = Object.keys(keyMap) as CommandName[];

interface KeySectionTableProps {
  section: KeySection;
  /** What stands in place of a command's keys, where they can be changed. */
  field?: (command: CommandName, keys: ReactNode) => ReactNode;
}

/** The commands of a section with their keys. */
export function KeySectionTable({ section, field }: KeySectionTableProps) {
  return (
    <section>
      <Title order={2} mb={4}>
        {section}
      </Title>
      <Table horizontalSpacing={0}>
        <Table.Tbody>
          {names
            .filter((name) => keyMap[name].section === section)
            .map((name) => (
              <Table.Tr key={name}>
                <Table.Td>{keyMap[name].words}</Table.Td>
                <Table.Td align="right" style={{ whiteSpace: 'nowrap' }}>
                  {field ? field(name, <Ways command={name} />) : <Ways command={name} />}
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** `← or 1`; a run of digits by its ends, `1 to 7`. */
function Ways({ command }: { command: CommandName }) {
  useKey(command);
  const { keys: original }: KeyCommand = keyMap[command];
  const keys = keysOf(command);
  const [first, last] = [keys[0], keys.at(-1)];
  const shown = original.length > 3 && first && last ? [first, last] : keys;
  return shown.map((key, index) => (
    <span key={key}>
      {index > 0 && (shown === keys ? ' or ' : ' to ')}
      <Kbd keys={key} />
    </span>
  ));
}
