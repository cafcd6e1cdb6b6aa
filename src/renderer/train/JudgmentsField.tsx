import { Checkbox, Stack } from '@mantine/core';
import type { RunPlan } from '#shared/api/runs.ts';
import type { PersonKind } from '#shared/domain.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { count } from '../ui/format.ts';

interface JudgmentsFieldProps {
  data: RunPlan['data'];
  chosen: PersonKind[];
  onChange: (kinds: PersonKind[]) => void;
}

const kinds: { kind: PersonKind; name: string; countOf: (data: RunPlan['data']) => number }[] = [
  { kind: 'person', name: 'People', countOf: (data) => data.byPeople },
  { kind: 'simulated', name: 'Simulated annotator', countOf: (data) => data.simulated },
  { kind: 'model', name: 'A model', countOf: (data) => data.byModel },
];

/** Whose judgments to learn from. Kinds are mixed only by choice, and the run says so for good. */
export function JudgmentsField({ data, chosen, onChange }: JudgmentsFieldProps) {
  const offered = kinds.filter(({ kind, countOf }) => kind === 'person' || countOf(data) > 0 || chosen.includes(kind));
  const why =
    chosen.length > 1
      ? 'mixed: this run and its model will say so'
      : chosen.includes('person')
        ? 'people’s only, unless you choose otherwise'
        : 'no person’s judgment is among them; this run and its model will say so';
  return (
    <FieldRow label="Judgments by" why={why}>
      <Stack gap={10}>
        {offered.map(({ kind, name, countOf }) => (
          <Checkbox
            key={kind}
            size="xs"
            label={`${name}, ${count(countOf(data))}`}
            checked={chosen.includes(kind)}
            onChange={(event) => {
              const next = event.currentTarget.checked ? [...chosen, kind] : chosen.filter((other) => other !== kind);
              if (next.length > 0) onChange(next);
            }}
          />
        ))}
      </Stack>
    </FieldRow>
  );
}
