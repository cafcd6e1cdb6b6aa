import type { z } from 'zod';
import type { RunDetail } from '#shared/api/runs.ts';
import type { Method } from '#shared/domain.ts';
import { type AdapterConfig, usualAdapter } from '#shared/training/adapter.ts';
import { dpoConfig, dpoSettings } from '#shared/training/dpo.ts';
import { grpoConfig, grpoSettings } from '#shared/training/grpo.ts';
import { ppoConfig, ppoSettings } from '#shared/training/ppo.ts';
import { wantedBy } from '#shared/training/refused-settings.ts';
import { rewardConfig, rewardSettings } from '#shared/training/reward.ts';
import type { RewardPart } from '#shared/training/rewards.ts';
import type { Setting } from '#shared/training/settings.ts';
import { sftConfig, sftSettings } from '#shared/training/sft.ts';

/** A setting of any method, as the pages treat them: by key. */
export type AnySetting = Setting<Record<string, unknown>>;

const settings = { sft: sftSettings, reward: rewardSettings, ppo: ppoSettings, grpo: grpoSettings, dpo: dpoSettings } as unknown as Record<
  Method,
  AnySetting[]
>;

/** The settings of a method, in the order in which they are shown. */
export function settingsOf(method: Method): AnySetting[] {
  return settings[method];
}

/** The schema that a method's settings must pass. */
export const configSchemas = { sft: sftConfig, reward: rewardConfig, ppo: ppoConfig, grpo: grpoConfig, dpo: dpoConfig } as const;

/** A setting's value as it is read: `5e−4`, `on`, `0, 0.5, 1`, `adapter of rank 8`, `0.5 × length`. */
export function settingValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number') return numberWords(value);
  if (Array.isArray(value)) return value.map(settingValue).join(', ');
  if (value === null) return 'all weights'; // of what is trained, the one setting that may be null
  if (isAdapter(value)) return adapterWords(value);
  if (isReward(value)) return `${value.weight === 1 ? '' : `${numberWords(value.weight)} × `}${value.name ?? rewardNames[value.kind]}`;
  return String(value ?? 'not set');
}

/** α and layers are said where they are not the usual ones: twice the rank, and all. */
function adapterWords({ rank, alpha, targets }: AdapterConfig): string {
  const usual = targets.join() === usualAdapter.targets.join();
  return [
    `adapter of rank ${rank}`,
    ...(alpha === 2 * rank ? [] : [`α ${numberWords(alpha)}`]),
    ...(usual ? [] : [`on ${targets.join(', ')}`]),
  ].join(', ');
}

export function isAdapter(value: unknown): value is AdapterConfig {
  return typeof value === 'object' && value !== null && 'rank' in value;
}

function isReward(value: unknown): value is RewardPart {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

const rewardNames: Record<RewardPart['kind'], string> = { model: 'reward model', length: 'length', regex: 'pattern', json: 'JSON' };

/** As short as it stays exact: 64 · 0.2 · 5e−4. */
export function numberWords(value: number): string {
  const size = Math.abs(value);
  const words = size > 0 && size < 0.001 ? value.toExponential().replace('e-', 'e−') : String(value);
  return words.replace(/^-/, '−');
}

/** `β, the KL penalty` → `β`; `Learning rate` → `learning rate`: a label short enough for a line of many. */
export function shortLabel(label: string): string {
  const short = label.split(',')[0] ?? label;
  return /^[A-Z][a-z]/.test(short) ? short.charAt(0).toLowerCase() + short.slice(1) : short;
}

/** The main settings of a run and what differs from the defaults of its model, then how many do not: `β 0.1 · 20 steps · …`. */
export function settingsSummary({ method, config, defaults }: Pick<RunDetail, 'method' | 'config' | 'defaults'>): string {
  const same = (key: string) => JSON.stringify(config[key]) === JSON.stringify(defaults[key]);
  const known = settingsOf(method).filter((setting) => setting.key in config);
  const named = known.filter((setting) => setting.main || !same(setting.key));
  const rest = known.length - named.length;
  const words = named.map((setting) => `${shortLabel(setting.label)} ${settingValue(config[setting.key])}`);
  return [...words, ...(rest > 0 ? [`${rest} more at their defaults`] : [])].join(' · ');
}

/** The choices of a setting that has a fixed set of them, or null. */
export function choicesOf(method: Method, key: string): string[] | null {
  const shape = configSchemas[method].shape as Record<string, { unwrap?: () => { options?: unknown } }>;
  const options = shape[key]?.unwrap?.().options;
  return Array.isArray(options) && options.every((option) => typeof option === 'string') ? options : null;
}

/** What is wrong with the parts of a reward: which part, and the schema's own words where it has some. */
function rewardsError(issue: z.core.$ZodIssue): string {
  const [, index, ...inside] = issue.path;
  if (index === undefined)
    return issue.code === 'invalid_type' ? 'a list in JSON of parts, each with a kind' : (wantedBy(issue) ?? issue.message);
  const part = typeof index === 'number' ? `part ${index + 1}` : String(index);
  if (issue.code === 'invalid_union') return `${part}: kind is model, length, regex or json`;
  if (issue.code === 'unrecognized_keys') return `${part}: there is no ${issue.keys.join(', ')}`;
  return `${[part, ...inside.map(String)].join(', ')}: ${wantedBy(issue) ?? issue.message}`;
}

/** The settings that break a rule of the method, each with what would be right. */
export function settingErrors(method: Method, config: Record<string, unknown>): Map<string, string> {
  const parsed = configSchemas[method].safeParse(config);
  const errors = new Map<string, string>();
  for (const issue of parsed.error?.issues ?? []) {
    const key = String(issue.path[0] ?? '');
    // The first of a setting's faults is the one to mend: an adapter's α follows its rank.
    if (errors.has(key)) continue;
    if (key === 'rewards') errors.set(key, rewardsError(issue));
    else errors.set(key, wantedBy(issue) ?? issue.message);
  }
  return errors;
}
