import { Group, NumberInput, SegmentedControl, Select, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Method } from '#shared/domain.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { AdapterField } from './AdapterField.tsx';
import { numberText, readNumber, type TypedNumber } from './number-text.ts';
import { RewardsField } from './RewardsField.tsx';
import { type AnySetting, choicesOf, isAdapter, settingValue } from './setting-words.ts';

interface SettingFieldProps {
  method: Method;
  setting: AnySetting;
  value: unknown;
  /** The default, said where the value differs from it. */
  standard: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

/** One setting: its name, the reason for its default, and a field for its kind of value. */
export function SettingField({ method, setting, value, standard, error, onChange }: SettingFieldProps) {
  const changed = JSON.stringify(value) !== JSON.stringify(standard);
  // 5e-4 reads better, and does not break in two, with a real minus.
  const why = setting.why.replaceAll(/(\d)e-(\d)/g, '$1e−$2');
  return (
    <FieldRow label={setting.label} why={changed ? `${why}; default ${settingValue(standard)}` : why}>
      {setting.key === 'rewards' ? (
        <RewardsField label={setting.label} value={value} error={error} onChange={onChange} />
      ) : (
        <Field label={setting.label} choices={choicesOf(method, setting.key)} value={value} error={error} onChange={onChange} />
      )}
    </FieldRow>
  );
}

interface FieldProps {
  label: string;
  choices: string[] | null;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

function Field({ label, choices, value, error, onChange }: FieldProps) {
  if (choices !== null) {
    return choices.length <= 4 ? (
      <SegmentedControl aria-label={label} data={choices} value={String(value)} onChange={onChange} />
    ) : (
      <Select aria-label={label} data={choices} value={String(value)} onChange={onChange} allowDeselect={false} />
    );
  }
  if (value === null || isAdapter(value)) return <AdapterField label={label} value={value} error={error} onChange={onChange} />;
  if (typeof value === 'boolean') {
    return <Switch aria-label={label} checked={value} onChange={(event) => onChange(event.currentTarget.checked)} />;
  }
  if (Array.isArray(value)) {
    return (
      <Group gap={8} wrap="nowrap">
        {value.map((one, index) => (
          <NumberField
            key={index}
            label={`${label}, strength ${index + 1}`}
            value={one}
            error={index === 0 ? error : undefined}
            onChange={(next) => onChange(value.map((other, at) => (at === index ? next : other)))}
          />
        ))}
      </Group>
    );
  }
  return <NumberField label={label} value={value} error={error} onChange={onChange} />;
}

/**
 * Whole and everyday numbers get arrows; very small ones are written as people write them, 5e-4, which a number field would not take.
 * An unreadable text is passed on as it is, so that the schema names it. What another preset or another model sets shows at once.
 */
function NumberField({ label, value, error, onChange }: Omit<FieldProps, 'choices'>) {
  const [typed, setTyped] = useState<TypedNumber | null>(null);
  const text = numberText(value, typed);
  const change = (next: TypedNumber) => {
    setTyped(next);
    onChange(next.value);
  };
  if (text !== null) {
    return (
      <TextInput
        aria-label={label}
        w={120}
        inputMode="decimal"
        value={text}
        error={error}
        onChange={(event) => change(readNumber(event.currentTarget.value))}
      />
    );
  }
  return (
    <NumberInput
      aria-label={label}
      w={120}
      value={value as number | string}
      error={error}
      step={typeof value === 'number' && !Number.isInteger(value) ? 0.05 : 1}
      onChange={(next) => change({ value: next, text: null })}
    />
  );
}
