import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from './client.ts';
import { queries } from './queries.ts';

/** A setting of a person: its key in the store and how to read what is stored there (an older version may have written something else). */
export interface Setting<Value> {
  key: string;
  read: (stored: unknown) => Value;
}

const within = (low: number, high: number, fallback: number) => (stored: unknown) =>
  typeof stored === 'number' && Number.isFinite(stored) ? Math.min(high, Math.max(low, stored)) : fallback;

const oneOf =
  <Choice extends string>(choices: readonly Choice[], fallback: Choice) =>
  (stored: unknown): Choice =>
    choices.find((choice) => choice === stored) ?? fallback;

export const settings = {
  /** Size of prompts and responses on Label, px. */
  readingSize: { key: 'label.readingSize', read: within(14, 20, 16) },
  /** Five answers by arrows, or seven by the digits 1 to 7. */
  scale: { key: 'label.scale', read: oneOf(['five', 'seven'] as const, 'five') },
  /** A and B scroll together. */
  together: { key: 'label.together', read: (stored: unknown) => stored !== false },
} as const satisfies Record<string, Setting<unknown>>;

/** A person's setting and its setter; what is set shows at once and is stored behind it. */
export function useSetting<Value>(setting: Setting<Value>): [Value, (value: Value & (string | number | boolean)) => void] {
  const cache = useQueryClient();
  const { data } = useQuery(queries.settings());
  const { mutate } = useMutation({
    mutationFn: (value: string | number | boolean) => client.project.saveSetting.mutate({ key: setting.key, value }),
    onMutate: (value) =>
      cache.setQueryData(queries.settings().queryKey, (all: Record<string, unknown> | undefined) => ({ ...all, [setting.key]: value })),
  });
  return [setting.read(data?.[setting.key]), mutate];
}
