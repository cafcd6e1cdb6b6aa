import { SimpleGrid } from '@mantine/core';
import { KeySectionTable } from '../app/KeysDialog.tsx';
import type { KeySection } from '../app/keys.ts';
import { SectionTitle } from '../ui/Page.tsx';

const sections: readonly KeySection[] = ['Judge', 'Read', 'Rank, of more than two', 'Go to', 'This pair', 'Lists and runs', 'Everywhere'];

/** Every key of the app, from the key map. */
export function KeysPanel() {
  return (
    <section>
      <SectionTitle title="Keys">? shows those of the page you are on</SectionTitle>
      <SimpleGrid cols={2} spacing={40} verticalSpacing={24}>
        {sections.map((section) => (
          <KeySectionTable key={section} section={section} />
        ))}
      </SimpleGrid>
    </section>
  );
}
