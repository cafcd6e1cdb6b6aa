import { Box, Group, Select, Text } from '@mantine/core';
import type { FieldMap, ImportFormat, Inspection } from '#shared/api/data.ts';
import { SectionTitle } from '../ui/Page.tsx';

export const formatNames: Record<ImportFormat, string> = {
  prompts: 'prompts',
  pairs: 'pairs with or without a choice',
  responses: 'two to six responses, ranked or not',
  ultrafeedback: 'UltraFeedback',
  trl: 'TRL preferences',
  trl_conversational: 'TRL preferences, as messages',
  hh: 'Anthropic HH transcripts',
  csv: 'a table',
};

const fieldNames: Record<keyof FieldMap, string> = {
  prompt: 'Prompt',
  response_1: 'Response A',
  response_2: 'Response B',
  preference: 'Choice',
  chosen: 'Preferred response',
  rejected: 'Other response',
  topic: 'Topic',
  origin_1: 'Origin of A, hidden',
  origin_2: 'Origin of B, hidden',
};
const unused = 'not imported';

/** Formats whose columns a person may name; the others have fixed keys. */
const mapped: ReadonlySet<ImportFormat> = new Set(['pairs', 'csv', 'prompts']);

/** Which column of the file holds what. */
export function MappingFields({ inspection, onChange }: { inspection: Inspection; onChange: (map: FieldMap) => void }) {
  if (inspection.format !== null && !mapped.has(inspection.format)) return null;
  const fieldOf = (column: string) => Object.entries(inspection.map).find(([, name]) => name === column)?.[0] ?? unused;
  const change = (column: string, field: string | null) => {
    const kept = Object.entries(inspection.map).filter(([key, name]) => name !== column && key !== field);
    onChange(Object.fromEntries(field === null || field === unused ? kept : [...kept, [field, column]]) as FieldMap);
  };
  return (
    <Box>
      <SectionTitle title="Which column is what" />
      {inspection.columns.map((column) => (
        <Group key={column} wrap="nowrap" gap="sm" py={4} style={{ borderBottom: '1px solid var(--pl-line)' }}>
          <Text ff="monospace" size="xs" w={130} truncate title={column}>
            {column}
          </Text>
          <Select
            aria-label={`What ${column} holds`}
            w={210}
            value={fieldOf(column)}
            onChange={(value) => change(column, value)}
            data={[...Object.entries(fieldNames).map(([value, label]) => ({ value, label })), { value: unused, label: 'Not imported' }]}
            allowDeselect={false}
          />
        </Group>
      ))}
    </Box>
  );
}
