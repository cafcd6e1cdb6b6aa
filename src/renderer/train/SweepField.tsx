import { Group, NumberInput, SegmentedControl, TagsInput } from '@mantine/core';
import { FieldRow } from '../ui/FieldRow.tsx';

/** One setting, and the values that a run each is made with. */
export interface Sweep {
  setting: 'klCoefficient' | 'seed';
  values: number[];
}

interface SweepFieldProps {
  config: Record<string, unknown>;
  sweep: Sweep | null;
  onChange: (sweep: Sweep | null) => void;
}

/** One run, or several that differ in β or in their seed alone: what β buys, or how much of a result is chance. */
export function SweepField({ config, sweep, onChange }: SweepFieldProps) {
  const beta = typeof config.klCoefficient === 'number' ? config.klCoefficient : 0.1;
  const seed = typeof config.seed === 'number' ? config.seed : 0;
  const choose = (kind: string) => {
    if (kind === 'klCoefficient')
      onChange({ setting: kind, values: [0.25, 0.5, 1, 2, 4].map((factor) => Number((beta * factor).toPrecision(3))) });
    else if (kind === 'seed') onChange({ setting: kind, values: seedsFrom(seed, 5) });
    else onChange(null);
  };
  return (
    <FieldRow label="Runs" why="several are queued and drawn over each other, with reward against KL">
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
              const values = words.map(Number).filter((value) => Number.isFinite(value) && value >= 0);
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
            onChange={(value) =>
              typeof value === 'number' && value >= 2 && onChange({ setting: 'seed', values: seedsFrom(seed, Math.min(20, value)) })
            }
          />
        )}
      </Group>
    </FieldRow>
  );
}

const seedsFrom = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);
