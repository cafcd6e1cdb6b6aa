import { Group, NumberInput, SegmentedControl, TagsInput } from '@mantine/core';
import { isOnline, type Method } from '#shared/domain.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { mayBeBeta, type Sweep, type SweepChoice } from './sweep.ts';

interface SweepFieldProps {
  method: Method;
  /** The values that what was chosen means with the rest of the form. */
  sweep: Sweep | null;
  onChange: (choice: SweepChoice | null) => void;
}

/** One run, or several that differ in β or in their seed alone: what β buys, or how much of a result is chance. */
export function SweepField({ method, sweep, onChange }: SweepFieldProps) {
  const choose = (kind: string) => {
    if (kind === 'klCoefficient') onChange({ setting: kind, values: null });
    else if (kind === 'seed') onChange({ setting: kind, count: 5 });
    else onChange(null);
  };
  const reason = `several are queued and drawn over each other${isOnline(method) ? ', with reward against KL' : ''}`;
  return (
    <FieldRow
      label="Runs"
      why={sweep?.setting === 'seed' ? `seeds ${sweep.values[0]} to ${sweep.values.at(-1)}, from the seed above on; ${reason}` : reason}
    >
      <Group gap="sm">
        <SegmentedControl
          aria-label="Runs"
          size="xs"
          value={sweep?.setting ?? 'one'}
          onChange={choose}
          data={[
            { value: 'one', label: 'One' },
            { value: 'klCoefficient', label: 'Several β' },
            { value: 'seed', label: 'Several seeds' },
          ]}
        />
        {sweep?.setting === 'klCoefficient' && (
          <TagsInput
            aria-label="Values of β"
            w={340}
            maxTags={20}
            value={sweep.values.map(String)}
            isDuplicate={(value, others) => others.some((other) => Number(other) === Number(value))}
            onChange={(words) => {
              const values = words.map(Number).filter((value) => mayBeBeta(method, value));
              if (values.length >= 2) onChange({ setting: 'klCoefficient', values });
            }}
          />
        )}
        {sweep?.setting === 'seed' && (
          <NumberInput
            aria-label="How many seeds"
            w={90}
            min={2}
            max={20}
            allowDecimal={false}
            value={sweep.values.length}
            onChange={(value) => typeof value === 'number' && value >= 2 && onChange({ setting: 'seed', count: Math.min(20, value) })}
          />
        )}
      </Group>
    </FieldRow>
  );
}
