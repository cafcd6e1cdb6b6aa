import type { RunDetail, RunSummary } from '#shared/api/runs.ts';
import type { Method, RunState } from '#shared/domain.ts';
import { count, formatNumber } from '../ui/format.ts';
import { metricValue } from './metric-words.ts';

export const methodNames: Record<Method, string> = { sft: 'SFT', reward: 'Reward model', ppo: 'PPO', grpo: 'GRPO', dpo: 'DPO' };

export const stateWords: Record<RunState, string> = {
  queued: 'waits its turn',
  running: 'training',
  stopping: 'stopping',
  stopped: 'stopped',
  interrupted: 'interrupted',
  failed: 'failed',
  done: 'done',
};

/** What a run is, in one line under or beside its name. */
export function runKind(run: RunDetail): string {
  switch (run.method) {
    case 'sft':
      return `SFT from ${run.startCheckpoint.name}${run.simulated ? `, on answers preferred by ${judgesWords(run.data.judgmentsBy)}` : ''}`;
    case 'reward':
      return `Reward model from ${run.startCheckpoint.name}${run.simulated ? `, judged by ${judgesWords(run.data.judgmentsBy)}` : ''}`;
    case 'dpo':
      return `DPO from ${run.startCheckpoint.name}${run.simulated ? `, judged by ${judgesWords(run.data.judgmentsBy)}` : ''}`;
    case 'ppo':
    case 'grpo':
      return `${methodNames[run.method]} from ${run.startCheckpoint.name}${run.rewardModel ? `, scored by ${run.rewardModel.name}${learnedFrom(run)}` : ''}`;
  }
}

/** Whose judgments the reward model of a run learned from, where they are not only people's. */
function learnedFrom(run: RunDetail): string {
  if (!run.simulated) return '';
  return run.data.judgmentsBy.length > 0
    ? `, which learned from ${judgesWords(run.data.judgmentsBy)}`
    : ', which learned from others than people';
}

/** The one number of a run, with what it is. */
export function headlineWords(headline: RunSummary['headline']): { value: string; name: string } | null {
  if (headline === null) return null;
  switch (headline.metric) {
    case 'rm/held_out_accuracy':
      return { value: formatNumber(headline.value, 'percent'), name: 'held-out accuracy' };
    case 'held_out/rlhf_reward':
      return { value: formatNumber(headline.value, 'signed'), name: 'held-out objective' };
    case 'objective/rlhf_reward':
      return { value: formatNumber(headline.value, 'signed'), name: 'objective' };
    case 'dpo/held_out_accuracy':
      return { value: formatNumber(headline.value, 'percent'), name: 'held-out pairs as judged' };
    case 'sft/held_out_loss':
      return { value: metricValue(headline.value), name: 'held-out loss' };
    default:
      return { value: metricValue(headline.value), name: headline.metric };
  }
}

/** The headlines of several runs as a column: its name, and each run's cell, which names what it is where they are not all of one kind. */
export function headlineColumn(headlines: readonly RunSummary['headline'][]): { name: string; cells: (string | null)[] } {
  const words = headlines.map(headlineWords);
  const names = new Set(words.flatMap((one) => one?.name ?? []));
  const [name] = names;
  if (name !== undefined && names.size === 1) return { name, cells: words.map((one) => one?.value ?? null) };
  return { name: 'result', cells: words.map((one) => (one ? `${one.value} ${one.name}` : null)) };
}

const judges: Record<string, string> = { person: 'people', simulated: 'the simulated annotator', model: 'a model' };

/** `people`, or `people and the simulated annotator`. */
export function judgesWords(kinds: readonly string[]): string {
  return kinds.map((kind) => judges[kind] ?? kind).join(' and ');
}

/** What a run learned from and what was kept from it. */
export function dataWords(run: RunDetail): string {
  const { train, heldOut, judgmentsBy } = run.data;
  switch (run.method) {
    case 'sft':
      return `${count(train)} answers preferred by ${judgesWords(judgmentsBy)}; ${count(heldOut)} on held-out prompts only measure`;
    case 'reward':
    case 'dpo':
      return `${count(train)} pairs judged by ${judgesWords(judgmentsBy)}; ${count(heldOut)} pairs of held-out prompts only measure`;
    case 'ppo':
    case 'grpo':
      return `${count(train)} prompts; the ${count(heldOut)} held-out prompts are never trained on`;
  }
}
