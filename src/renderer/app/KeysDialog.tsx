import { Modal, SimpleGrid, Stack, Table, Title } from '@mantine/core';
import { Kbd } from '../ui/Kbd.tsx';
import { type KeyCommand, type KeySection, keyMap } from './keys.ts';

const onLabel: readonly KeySection[] = ['Judge', 'This pair', 'Read', 'Rank, of more than two', 'Everywhere'];
const elsewhere: readonly KeySection[] = ['Go to', 'Lists and runs', 'Everywhere'];
const commands: readonly KeyCommand[] = Object.values(keyMap);

/** All keys of where one is, read from the key map. */
export function KeysDialog({ reading, opened, onClose }: { reading: boolean; opened: boolean; onClose: () => void }) {
  const sections = reading ? onLabel : elsewhere;
  const half = Math.floor(sections.length / 2);
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" size={860}>
      <SimpleGrid cols={2} spacing={40} tabIndex={-1} data-autofocus>
        {[sections.slice(0, half), sections.slice(half)].map((column) => (
          <Stack key={column.join()} gap="xl">
            {column.map((section) => (
              <KeySectionTable key={section} section={section} />
            ))}
          </Stack>
        ))}
      </SimpleGrid>
    </Modal>
  );
}

export function KeySectionTable({ section }: { section: KeySection }) {
  return (
    <section>
      <Title order={2} mb={4}>
        {section}
      </Title>
      <Table horizontalSpacing={0}>
        <Table.Tbody>
          {commands
            .filter((command) => command.section === section)
            .map((command) => (
              <Table.Tr key={command.words}>
                <Table.Td>{command.words}</Table.Td>
                <Table.Td align="right" style={{ whiteSpace: 'nowrap' }}>
                  <Ways keys={command.keys} />
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** `← or 1`; a run of digits by its ends, `1 to 7`. */
function Ways({ keys }: { keys: readonly string[] }) {
  const [first, last] = [keys[0], keys.at(-1)];
  const shown = keys.length > 3 && first && last ? [first, last] : keys;
  return shown.map((key, index) => (
    <span key={key}>
      {index > 0 && (shown === keys ? ' or ' : ' to ')}
      <Kbd keys={key} />
    </span>
  ));
}
