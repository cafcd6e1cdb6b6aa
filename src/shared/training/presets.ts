import type { Method } from '../domain.ts';

export type Preset = 'quick' | 'usual' | 'careful';
type Settings = Readonly<Record<string, unknown>>;

/** What each preset is for, in a line beside its name. */
export const presetWords: Record<Preset, string> = {
  quick: 'fewer and smaller steps of work, to see whether a run goes where it should before it is given an hour',
  usual: 'the defaults for this model',
  careful: 'smaller updates from more answers, measured more often; takes up to three times as long',
};

/**
 * Settings of a preset that differ from the defaults of the model at hand: multiples of those, so that a preset means the same for a small model and a large one.
 * A sweep of hand-made tables would not.
 */
export function presetSettings(method: Method, preset: Preset, defaults: Settings): Record<string, unknown> {
  if (preset === 'usual') return {};
  const quick = preset === 'quick';
  const whole = (key: string, factor: number, least = 1) => ({ [key]: Math.max(least, Math.round(number(defaults, key) * factor)) });
  const rate = { learningRate: Number((number(defaults, 'learningRate') * 0.6).toPrecision(3)) };
  const measured = { evaluateEvery: 2, heldOutPrompts: 200 };
  switch (method) {
    case 'ppo':
      return quick
        ? { ...whole('steps', 1 / 3), ...whole('episodes', 0.5, 8), ...whole('minibatchSize', 0.5, 4) }
        : { ...rate, ...whole('steps', 1.5), ...whole('episodes', 2), ...measured };
    case 'grpo':
      return quick
        ? { ...whole('steps', 1 / 3), ...whole('groups', 0.5, 2) }
        : { ...rate, ...whole('steps', 1.5), ...whole('groups', 2), ...measured };
    case 'dpo':
      return quick ? { epochs: 1 } : { ...rate, ...whole('epochs', 2), evaluateEvery: 2 };
    case 'reward':
      return quick ? { normalizationSamples: 32 } : { ensemble: 5, evaluateEvery: 5 };
    case 'sft':
      return quick ? { epochs: Math.min(1, number(defaults, 'epochs') * 0.25) } : { ...rate, ...whole('epochs', 2), evaluateEvery: 20 };
  }
}

function number(settings: Settings, key: string): number {
  const value = settings[key];
  if (typeof value !== 'number') throw new Error(`a preset reads ${key}, which is no number among the defaults`);
  return value;
}
