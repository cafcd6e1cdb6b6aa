import type { Method } from '#shared/domain.ts';
import { type Preset, presetSettings } from '#shared/training/presets.ts';

/**
 * The settings of a run as its form shows and sends them: the defaults of the model that it starts from, over them the preset's, which go by these defaults, and over both
 * what a person typed, whatever preset or model is chosen after it.
 */
export function plannedSettings(
  method: Method,
  defaults: Record<string, unknown>,
  preset: Preset,
  typed: Record<string, unknown>,
): Record<string, unknown> {
  return { ...defaults, ...presetSettings(method, preset, defaults), ...typed };
}
