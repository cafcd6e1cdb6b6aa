import type { Aligned, RuleMeasures } from './align.ts';
import type { JudgedProject } from './project.ts';

export interface LineResult extends Aligned, Pick<JudgedProject, 'judgments' | 'answering'> {
  seed: number;
  steps: number;
  /** Of the largest engine; null where the system does not tell. */
  peakBytes: number | null;
  totalMinutes: number;
}

/** The table and samples of docs/results/smollm2.md. */
export function inMarkdown(result: LineResult): string {
  const { before, after, judgments, rewardModel, answering, minutes, peakBytes, signs, backends } = result;
  const row = (name: string, read: (side: RuleMeasures) => string) => `| ${name} | ${read(before)} | ${read(after)} |`;
  const two = (value: number | null): string => value?.toFixed(2) ?? '–';
  const interval = ({ rule }: RuleMeasures): string =>
    rule ? `${percent(rule.value)} [${percent(rule.low)}, ${percent(rule.high)}]` : '–';
  const table = [
    `| ${before.rule?.n ?? 0} held-out questions | SmolLM2-135M-Instruct | after ${result.steps} steps of PPO |`,
    '| --- | --- | --- |',
    row('the rule holds', interval),
    row('contains the key noun', (side) => percent(side.mentions)),
    row('ends by itself', (side) => percent(side.ended)),
    row('tokens', ({ length }) => length.toFixed(1)),
    row('reward', ({ reward }) => two(reward)),
    row('KL (k3), nats a response', ({ kl }) => two(kl)),
    row('different pairs of words (distinct-2)', ({ distinct }) => two(distinct)),
  ];
  const peak = peakBytes === null ? 'unknown' : `${(peakBytes / 1e9).toFixed(2)} GB`;
  const figures = [
    `Seed ${result.seed}, ${judgments.train} comparisons; the reward model orders ${percent(rewardModel.accuracy)} of ${rewardModel.pairs} held-out pairs as the rule does.`,
    `${result.totalMinutes.toFixed(1)} minutes in all: answers to judge ${(answering.seconds / 60).toFixed(1)}, reward model ${minutes.reward.toFixed(1)}, PPO ${minutes.ppo.toFixed(1)}, comparison ${minutes.compare.toFixed(1)}.`,
    `Tokens written a second: ${(answering.tokens / answering.seconds).toFixed(0)} for the answers to judge (loading included), ${result.tokensPerSecond.toFixed(0)} by PPO. Largest engine: ${peak}.`,
    `Backends: reward model ${backends.reward}, PPO ${backends.ppo}. Signs of failure: ${signs.length === 0 ? 'none' : signs.join(', ')}.`,
  ];
  const samples = result.samples.map(
    ({ question, noun, before: first, after: second }) =>
      `**${question}** (key noun: ${noun})\n\n- before: ${oneLine(first)}\n- after: ${oneLine(second)}`,
  );
  return [table.join('\n'), figures.join('\n'), ...samples].join('\n\n');
}

function percent(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(0)}%`;
}

/** As it stands, with line breaks shown; what Markdown would take for its own is escaped. */
function oneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/([*_`<[\]#|\\])/g, '\\$1')
    .replaceAll(/\n+/g, ' ⏎ ');
}
