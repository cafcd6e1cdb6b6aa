import { SimpleGrid } from '@mantine/core';
import { KeySectionTable } from '../app/KeySectionTable.tsx';
import type { KeySection } from '../app/keys.ts';
import { settings, useSetting } from '../app/use-setting.ts';
import { SectionTitle } from '../ui/Page.tsx';
import { TextButton } from '../ui/TextLink.tsx';
import { KeyField } from './KeyField.tsx';

const sections: readonly KeySection[] = [
  'Judge',
  'Read',
  'Rank, of more than two',
  'Go to',
  'This pair',
  'While rating',
  'Lists and runs',
  'Everywhere',
];
/** Digits and letters that stand for places on screen stay what they are. */
const fixed = ['label.seven', 'rank.pick', 'rate.value'];

/** Every key of the app; a click on one changes it for this person. */
export function KeysPanel() {
  const [own, setOwn] = useSetting(settings.keys);
  return (
    <section>
      <SectionTitle title="Keys">
        Click a key to change it; Backspace gives the original back. ? shows those of the page you are on.
        {Object.keys(own).length > 0 && (
          <>
            {' '}
            <TextButton onClick={() => setOwn({})}>All as they were</TextButton>
          </>
        )}
      </SectionTitle>
      <SimpleGrid cols={2} spacing={40} verticalSpacing={24}>
        {sections.map((section) => (
          <KeySectionTable
            key={section}
            section={section}
            field={(command, keys) =>
              fixed.includes(command) ? keys : <KeyField command={command} keys={keys} own={own} onChange={setOwn} />
            }
          />
        ))}
      </SimpleGrid>
    </section>
  );
}
