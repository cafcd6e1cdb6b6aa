import { JsonInput } from '@mantine/core';
import { useState } from 'react';

interface RewardsFieldProps {
  label: string;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

const example = '[{"kind":"model"}, {"kind":"length","max":40,"weight":0.5}]';

/** The parts of a reward as they are on the command line, a list in JSON. What does not read as JSON is passed on as text, so that the schema names it. */
export function RewardsField({ label, value, error, onChange }: RewardsFieldProps) {
  const [text, setText] = useState(() => JSON.stringify(value));
  return (
    <JsonInput
      aria-label={label}
      description="kinds: model, length, regex, json"
      placeholder={example}
      autosize
      minRows={1}
      maxRows={8}
      w="100%"
      maw={420}
      value={text}
      error={error}
      onChange={(words) => {
        setText(words);
        onChange(readJson(words));
      }}
    />
  );
}

function readJson(words: string): unknown {
  try {
    return JSON.parse(words);
  } catch {
    return words;
  }
}
