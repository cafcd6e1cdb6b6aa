/**
 * `npm run proof -- --method ppo|dpo|grpo --seeds N [--first-seed S] [--judgments 300] [--jobs 2] [--json]`: the line (`scripts/line.ts`) of many seeds. Methods named
 * together share each seed's judgments and reward model. With `--json` one object on standard output; progress is on standard error.
 */
import type { Method } from '#shared/domain.ts';
import { type CourseRow, coursesOf, type OverOptimizationRow, verdictOf } from '#shared/over-optimization.ts';
import { methodNamed } from './lib/method-named.ts';
import { collectSeeds, type SeedResult } from './lib/proof-seeds.ts';
import { meansOf, type ProofMeans, type ProofSeed, tableOf } from './lib/proof-summary.ts';
import { runScript } from './lib/run-script.ts';
import { settingsOf } from './lib/settings-of.ts';
import { wholeNumber } from './lib/whole-number.ts';

const usage = `Usage: npm run proof -- --method ppo|dpo|grpo[,…] [--seeds 10] [--first-seed 0] [--judgments 300] [--jobs 1]
                       [--set KEY=VALUE …] [--results FILE] [--no-over-optimization] [--json]

Trains the method once a seed on the demo project and says how often it beats SFT, with the over-optimization picture of the first seed.
  --method    several, as ppo,grpo,dpo, share each seed's judgments and reward model
  --jobs      seeds at a time, each on its share of the cores
  --set       a setting of the method that differs from its default
  --results   a file of JSON lines to which each seed's result is added at once; what it has already is not run again
Example: npm run proof -- --method ppo --seeds 10 --jobs 2 --json`;

interface Proof {
  method: Method;
  judgments: number;
  seeds: ProofSeed[];
  means: ProofMeans;
  overOptimization: OverOptimizationRow[];
}

function proofOf(method: Method, judgments: number, results: readonly SeedResult[]): Proof {
  const own = results.filter((result) => result.method === method);
  const seeds = own.map(({ overOptimization: _, ...seed }) => seed);
  return {
    method,
    judgments,
    seeds,
    means: meansOf(seeds),
    overOptimization: own.flatMap(({ overOptimization }) => overOptimization ?? []),
  };
}

function inWords({ method, seeds, means, overOptimization }: Proof): string {
  const percent = (value: number) => `${(100 * value).toFixed(0)}%`;
  return [
    `${method.toUpperCase()}: wins ${percent(means.winRate)} on average, the lower end at worst ${percent(means.lowestLow)}; above 50% on ${means.above50} of ${seeds.length}.`,
    tableOf(seeds),
    ...coursesOf(overOptimization).map(courseInWords),
  ].join('\n');
}

function courseInWords({ name, rows }: { name: string; rows: OverOptimizationRow[] }): string {
  const { sftGold, peak, last, belowSftFrom } = verdictOf(rows);
  const at = ({ step, kl, gold, proxy }: CourseRow) =>
    `${gold.toFixed(2)} at step ${step} (KL ${kl.toFixed(1)}, proxy ${proxy.toFixed(2)})`;
  const fall = belowSftFrom === null ? 'never stays below it' : `is below it from step ${belowSftFrom} on`;
  return `${name}: SFT's gold is ${sftGold.toFixed(2)}; gold peaks with ${at(peak)}, ends with ${at(last)} and ${fall}.`;
}

await runScript({
  usage,
  options: {
    method: { type: 'string', default: 'ppo' },
    seeds: { type: 'string', default: '10' },
    'first-seed': { type: 'string', default: '0' },
    judgments: { type: 'string', default: '300' },
    jobs: { type: 'string', default: '1' },
    set: { type: 'string', multiple: true, default: [] },
    results: { type: 'string' },
    'no-over-optimization': { type: 'boolean', default: false },
  },
  read: (values) => {
    const first = wholeNumber(values['first-seed'], 'first-seed', 0);
    return {
      methods: values.method.split(',').map(methodNamed),
      seeds: Array.from({ length: wholeNumber(values.seeds, 'seeds', 1) }, (_, i) => first + i),
      judgments: wholeNumber(values.judgments, 'judgments', 20),
      jobs: wholeNumber(values.jobs, 'jobs', 1),
      config: settingsOf(values.set),
      results: values.results,
      overOptimization: !values['no-over-optimization'],
    };
  },
  run: async (plan) => {
    const results = await collectSeeds(plan);
    const proofs = plan.methods.map((method) => proofOf(method, plan.judgments, results));
    return { json: proofs.length === 1 ? proofs[0] : { proofs }, text: proofs.map(inWords).join('\n\n') };
  },
});
