/**
 * `npm run proof:random-walks -- [--seeds 5] [--first-seed 0] [--json]`: on a graph of 21 nodes, SFT learns walks without aim and PPO learns to reach the goal by the
 * shortest path. With `--json` one object on standard output; progress is on standard error.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend } from '#engine/backends/open.ts';
import { mean } from '#shared/statistics.ts';
import { runScript } from './lib/run-script.ts';
import { say } from './lib/say.ts';
import { wholeNumber } from './lib/whole-number.ts';
import { learnWalks, type WalksResult } from './random-walks/learn.ts';

const usage = `Usage: npm run proof:random-walks -- [--seeds 5] [--first-seed 0] [--json]

SFT on random walks, then PPO toward short paths; mean optimality of paths from start nodes that training never saw.
Example: npm run proof:random-walks -- --seeds 5 --json`;

/** Means over seeds of what paths from held-out start nodes are worth. */
interface Optimality {
  greedy: number;
  sampled: number;
}

async function walkSeeds({
  first,
  seeds: count,
}: {
  first: number;
  seeds: number;
}): Promise<{ optimality: Optimality; seeds: WalksResult[] }> {
  const threads = Number(process.env.PLUMBLINE_THREADS) || undefined;
  const backend = await openBackend(threads === undefined ? {} : { threads });
  const seeds: WalksResult[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-walks-'));
    try {
      seeds.push(await learnWalks(seed, folder, say));
      say(inWords(seeds.at(-1)!));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await backend.close();
  const optimality = { greedy: mean(seeds.map(({ heldOut }) => heldOut.greedy)), sampled: mean(seeds.map(({ heldOut }) => heldOut.ppo)) };
  return { optimality, seeds };
}

function inWords({ seed, heldOut, train, kl, seconds, cpuSeconds }: WalksResult): string {
  const three = (value: number) => value.toFixed(3);
  return (
    `Seed ${seed}: held-out start nodes: walks ${three(heldOut.walks)}, SFT ${three(heldOut.sft)}, PPO ${three(heldOut.ppo)}, greedy ${three(heldOut.greedy)}; ` +
    `others: SFT ${three(train.sft)}, PPO ${three(train.ppo)}, greedy ${three(train.greedy)}. ` +
    `KL ${kl.toFixed(1)} nats a path. ${seconds.toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of CPU.`
  );
}

await runScript({
  usage,
  options: { seeds: { type: 'string', default: '5' }, 'first-seed': { type: 'string', default: '0' } },
  read: (values) => ({ seeds: wholeNumber(values.seeds, 'seeds', 1), first: wholeNumber(values['first-seed'], 'first-seed', 0) }),
  run: async (plan) => {
    const { optimality, seeds } = await walkSeeds(plan);
    const { greedy, sampled } = optimality;
    const last = `Mean optimality on held-out start nodes: ${greedy.toFixed(3)} greedy, ${sampled.toFixed(3)} sampled.`;
    return { json: { optimality, seeds }, text: [...seeds.map(inWords), last].join('\n') };
  },
});
