import type { Method } from '#shared/domain.ts';
import { configSchemas } from './setting-words.ts';

/** One setting, and the values that a run each is made with. */
export interface Sweep {
  setting: 'klCoefficient' | 'seed';
  values: number[];
}

/** What of several runs was chosen: βs around the form's own (`values` null) or as typed, or how many seeds from the form's on. */
export type SweepChoice = { setting: 'klCoefficient'; values: number[] | null } | { setting: 'seed'; count: number };

type Settings = Readonly<Record<string, unknown>>;

/** The values that a choice means with the form as it stands, each once. `defaults`: of the model that the runs start from. */
export function sweepOf(method: Method, choice: SweepChoice, config: Settings, defaults: Settings): Sweep {
  if (choice.setting === 'seed') {
    const first = typeof config.seed === 'number' ? config.seed : Number(defaults.seed);
    return { setting: 'seed', values: Array.from({ length: choice.count }, (_, index) => first + index) };
  }
  const usual = Number(defaults.klCoefficient);
  const typed = typeof config.klCoefficient === 'number' ? config.klCoefficient : usual;
  // Multiples of nothing are nothing: without β, it is compared with the βs that suit the model.
  const around = typed > 0 ? [0.25, 0.5, 1, 2, 4].map((factor) => factor * typed) : [0, 0.5, 1, 2, 4].map((factor) => factor * usual);
  const values = choice.values ?? around.map((value) => Number(value.toPrecision(3)));
  return { setting: 'klCoefficient', values: [...new Set(values)].filter((value) => mayBeBeta(method, value)) };
}

/** Whether runs of the method take this β: DPO divides by it, so that its β is never 0. */
export function mayBeBeta(method: Method, value: number): boolean {
  const { shape } = configSchemas[method];
  return 'klCoefficient' in shape && shape.klCoefficient.safeParse(value).success;
}
