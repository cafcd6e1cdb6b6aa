import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { client } from './client.ts';
import { readOwnKeys } from './key-bindings.ts';
import { queries } from './queries.ts';

type Plain = string | number | boolean | object;
type Json = Parameters<typeof client.project.saveSetting.mutate>[0]['value'];

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
  /** Keys of one's own, by command. */
  keys: { key: 'keys', read: readOwnKeys },
} as const satisfies Record<string, Setting<unknown>>;

/** What to set, or how to make it of what is set now: two quick presses of a key come before the screen is drawn again. */
export type Change<Value> = Value | ((now: Value) => Value);

/** A person's setting and its setter; what is set shows at once and is stored behind it, in the order in which it was set. */
export function useSetting<Value extends Plain>(setting: Setting<Value>): [Value, (change: Change<Value>) => void] {
  const cache = useQueryClient();
  const { data } = useQuery(queries.settings());
  const { mutate } = useMutation({
    scope: { id: setting.key },
    // Settings are plain values and records of them.
    mutationFn: (value: Value) => client.project.saveSetting.mutate({ key: setting.key, value: value as Json }),
  });
  const stored = data?.[setting.key];
  const value = useMemo(() => setting.read(stored), [setting, stored]);
  const set = useCallback(
    (change: Change<Value>) => {
      const { queryKey } = queries.settings();
      const all: Record<string, unknown> | undefined = cache.getQueryData(queryKey);
      const next = typeof change === 'function' ? change(setting.read(all?.[setting.key])) : change;
      cache.setQueryData(queryKey, { ...all, [setting.key]: next });
      mutate(next);
    },
    [cache, mutate, setting],
  );
  return [value, set];
}
