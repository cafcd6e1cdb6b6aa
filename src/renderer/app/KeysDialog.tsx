import { Modal, SimpleGrid, Stack } from '@mantine/core';
import { KeySectionTable } from './KeySectionTable.tsx';
import type { KeySection } from './keys.ts';

const onLabel: readonly KeySection[] = ['Judge', 'This pair', 'Read', 'While rating', 'Rank, of more than two', 'Everywhere'];
const elsewhere: readonly KeySection[] = ['Go to', 'Lists and runs', 'Everywhere'];

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
