import { Group, NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type AdapterConfig, usualAdapter } from '#shared/training/adapter.ts';
import { isAdapter } from './setting-words.ts';

interface AdapterFieldProps {
  label: string;
  value: unknown;
  /** Of the first of its parts that breaks a rule. */
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** All weights, or an adapter: its rank, α and layers. α follows a new rank, so that it learns at the same rate, until it is set itself. */
export function AdapterField({ label, value, error, onChange }: AdapterFieldProps) {
  const adapter = isAdapter(value) ? value : null;
  const wrong = adapter && wrongPart(adapter);
  return (
    <Group gap={8}>
      <SegmentedControl
        aria-label={label}
        data={['all weights', 'adapter']}
        value={adapter ? 'adapter' : 'all weights'}
        onChange={(chosen) => onChange(chosen === 'adapter' ? usualAdapter : null)}
      />
      {adapter && (
        <>
          <PartField
            label="Rank of the adapter"
            sign="rank"
            whole
            value={adapter.rank}
            error={wrong === 'rank' ? error : undefined}
            onChange={(rank) => onChange({ ...adapter, rank, alpha: typeof rank === 'number' ? 2 * rank : adapter.alpha })}
          />
          <PartField
            label="α of the adapter"
            sign="α"
            value={adapter.alpha}
            error={wrong === 'alpha' ? error : undefined}
            onChange={(alpha) => onChange({ ...adapter, alpha })}
          />
          <LayersField
            targets={adapter.targets}
            error={wrong === 'targets' ? error : undefined}
            onChange={(targets) => onChange({ ...adapter, targets })}
          />
        </>
      )}
    </Group>
  );
}

/** Which part an error is about: the first that breaks its rule, as the schema names them. */
function wrongPart({ rank, alpha }: AdapterConfig): keyof AdapterConfig {
  if (!Number.isInteger(rank) || rank < 1) return 'rank';
  return typeof alpha === 'number' && alpha > 0 ? 'targets' : 'alpha';
}

interface PartFieldProps {
  label: string;
  sign: string;
  whole?: true;
  value: number;
  error: string | undefined;
  onChange: (value: number | string) => void;
}

function PartField({ label, sign, whole, value, error, onChange }: PartFieldProps) {
  return (
    <NumberInput
      aria-label={label}
      w={104}
      min={whole ? 1 : 0}
      leftSection={
        <Text size="sm" c="dimmed">
          {sign}
        </Text>
      }
      leftSectionWidth={44}
      value={value}
      error={error}
      allowDecimal={!whole}
      onChange={onChange}
    />
  );
}

interface LayersFieldProps {
  targets: string[];
  error: string | undefined;
  onChange: (targets: string[]) => void;
}

/** Names of layers with commas or spaces between them, kept as typed for as long as they say what is set. */
function LayersField({ targets, error, onChange }: LayersFieldProps) {
  const [typed, setTyped] = useState('');
  const same = JSON.stringify(namesIn(typed)) === JSON.stringify(targets);
  return (
    <TextInput
      aria-label="Layers of the adapter"
      w={216}
      leftSection={
        <Text size="sm" c="dimmed">
          on
        </Text>
      }
      value={same ? typed : targets.join(', ')}
      error={error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(namesIn(event.currentTarget.value));
      }}
    />
  );
}

function namesIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((name) => name !== '');
}
