/**
 * `npm run line -- [--seed S] [--judgments 300] [--method ppo|grpo|dpo] [--json]`: the whole line on the demo project, without a display. Simulated judgments
 * (15% flipped) → reward model → PPO, GRPO or DPO → comparison with SFT on 200 held-out requests, judged by the grammar's gold score. Everything but the judging goes
 * through the app's own use cases. With `--json` one object on standard output; progress is on standard error.
 */
import type { Method } from '#shared/domain.ts';
import { align, comparedPrompts } from './lib/line-align.ts';
import { withLineProject } from './lib/line-project.ts';
import { methodNamed } from './lib/method-named.ts';
import { runScript } from './lib/run-script.ts';
import { wholeNumber } from './lib/whole-number.ts';

const usage = `Usage: npm run line -- [--seed S] [--judgments 300] [--method ppo|grpo|dpo] [--json]

Runs the whole line on the demo project with simulated judgments, and says how often the aligned model's answers beat SFT's.
Example: npm run line -- --seed 3 --json`;

async function runLine({ seed, judgments, method }: { seed: number; judgments: number; method: Method }) {
  return withLineProject(seed, judgments, async (project) => {
    const { sft, aligned, winRate, seconds } = await align(project, method);
    const { accuracy, pairs } = project.rewardModel;
    return {
      seed,
      judgments: project.judgments,
      rewardModel: { accuracy, pairs },
      sft,
      aligned,
      winRate,
      seconds: project.seconds + seconds,
    };
  });
}

function inWords(result: Awaited<ReturnType<typeof runLine>>): string {
  const { rewardModel, sft, aligned, winRate, seconds } = result;
  const percent = (value: number): string => `${(100 * value).toFixed(0)}%`;
  const two = (value: number | null): string => value?.toFixed(2) ?? '–';
  return [
    `Reward model: orders ${percent(rewardModel.accuracy ?? 0)} of ${rewardModel.pairs} held-out pairs as gold does.`,
    `Gold score ${two(sft.gold)} → ${two(aligned.gold)}, reward ${two(sft.reward)} → ${two(aligned.reward)}, KL ${two(aligned.klToSft)} nats a response.`,
    `Length ${two(sft.length)} → ${two(aligned.length)} tokens, garbled sentences ${two(sft.garbled)} → ${two(aligned.garbled)} a reply.`,
    `Aligned beats SFT by gold in ${percent(winRate.gold.rate)} [${percent(winRate.gold.low)}, ${percent(winRate.gold.high)}] of ${comparedPrompts}. ${seconds.toFixed(0)} s.`,
  ].join('\n');
}

await runScript({
  usage,
  options: {
    seed: { type: 'string', default: '0' },
    judgments: { type: 'string', default: '300' },
    method: { type: 'string', default: 'ppo' },
  },
  read: ({ seed, judgments, method }) => ({
    seed: wholeNumber(seed, 'seed', 0),
    judgments: wholeNumber(judgments, 'judgments', 20),
    method: methodNamed(method),
  }),
  run: async (plan) => {
    const result = await runLine(plan);
    return { json: result, text: inWords(result) };
  },
});
