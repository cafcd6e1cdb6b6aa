/**
 * `npm run proof:random-walks -- [--seeds 5] [--first-seed 0] [--json]`: on a graph of 21 nodes, SFT learns walks without aim and PPO learns to reach the goal by the
 * shortest path. With `--json` one object on standard output; progress is on standard error.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBackend } from '#engine/backends/open.ts';
import { sentenceOf } from '#shared/errors.ts';
import { mean } from '#shared/statistics.ts';
import { say } from './lib/say.ts';
import { wholeNumber } from './lib/whole-number.ts';
import { learnWalks, type WalksResult } from './random-walks/learn.ts';

const usage = `Usage: npm run proof:random-walks -- [--seeds 5] [--first-seed 0] [--json]

SFT on random walks, then PPO toward short paths; mean optimality of paths from start nodes that training never saw.
Example: npm run proof:random-walks -- --seeds 5 --json`;

function options() {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '5' },
      'first-seed': { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { ...values, seeds: wholeNumber(values.seeds, 'seeds', 1), first: wholeNumber(values['first-seed'], 'first-seed', 0) };
}

async function main(): Promise<number> {
  let chosen: ReturnType<typeof options>;
  try {
    chosen = options();
  } catch (error) {
    say(`${sentenceOf(error)}\n\n${usage}`);
    return 2;
  }
  if (chosen.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const threads = Number(process.env.PLUMBLINE_THREADS) || undefined;
  const backend = await openBackend(threads === undefined ? {} : { threads });
  const seeds: WalksResult[] = [];
  for (let seed = chosen.first; seed < chosen.first + chosen.seeds; seed++) {
    const folder = mkdtempSync(join(tmpdir(), 'plumbline-walks-'));
    try {
      seeds.push(await learnWalks(seed, folder, say));
      say(inWords(seeds.at(-1)!));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  await backend.close();
  const optimality = mean(seeds.map(({ heldOut }) => heldOut.ppo));
  if (chosen.json) process.stdout.write(`${JSON.stringify({ optimality, seeds })}\n`);
  else process.stdout.write(`${seeds.map(inWords).join('\n')}\nMean optimality on held-out start nodes: ${optimality.toFixed(3)}.\n`);
  return 0;
}

function inWords({ seed, heldOut, train, greedy, kl, seconds }: WalksResult): string {
  const three = (value: number) => value.toFixed(3);
  return (
    `Seed ${seed}: held-out start nodes: walks ${three(heldOut.walks)}, SFT ${three(heldOut.sft)}, PPO ${three(heldOut.ppo)} (greedy ${three(greedy)}); ` +
    `others: SFT ${three(train.sft)}, PPO ${three(train.ppo)}. KL ${kl.toFixed(1)} nats a path. ${seconds.toFixed(0)} s.`
  );
}

process.exitCode = await main();
