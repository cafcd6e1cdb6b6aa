import { HubTokenField, hubTokenWhy } from '../ui/HubTokenField.tsx';
import { SectionTitle } from '../ui/Page.tsx';
import { SettingRow } from './SettingRow.tsx';

/** What the Hugging Face Hub is shown when a person imports a model from it. */
export function HubSettings() {
  return (
    <section>
      <SectionTitle title="The Hugging Face Hub">asked only when you import a model from it</SectionTitle>
      <SettingRow label="Token" why={hubTokenWhy} htmlFor="hub-token">
        <HubTokenField id="hub-token" />
      </SettingRow>
    </section>
  );
}
