import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Method } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { OverOptimizationRow } from '#shared/over-optimization.ts';
import { align } from './line-align.ts';
import { type LineProject, withLineProject } from './line-project.ts';
import { overOptimization } from './over-optimization.ts';
import { negativeKlOf, type ProofSeed } from './proof-summary.ts';
import { say } from './say.ts';

/** A seed's result of one method, as it stands in a results file; the first seed may bring the over-optimization picture. */
export interface SeedResult extends ProofSeed {
  overOptimization?: OverOptimizationRow[];
}

export interface ProofPlan {
  methods: Method[];
  seeds: number[];
  judgments: number;
  config: Record<string, unknown>;
  /** Seeds at a time. */
  jobs: number;
  /** JSON lines: read for what is there already, added to as seeds end. */
  results?: string | undefined;
  /** Whether the first seed also gives the over-optimization picture. */
  overOptimization: boolean;
}

/** Every result of the plan, by seed. One job runs here; several run in processes of their own, on their share of the cores: results depend on neither. */
export async function collectSeeds(plan: ProofPlan): Promise<SeedResult[]> {
  const known = plan.results && existsSync(plan.results) ? readResults(plan.results) : [];
  const matches = (result: SeedResult, seed: number, method: Method) =>
    result.seed === seed && result.method === method && result.judgments === plan.judgments;
  const found = known.filter((result) => plan.methods.some((method) => plan.seeds.some((seed) => matches(result, seed, method))));
  const queue = plan.seeds.flatMap((seed) => {
    const methods = plan.methods.filter((method) => !found.some((result) => matches(result, seed, method)));
    return methods.length === 0 ? [] : [{ seed, methods }];
  });
  const keep = (results: readonly SeedResult[]) => {
    found.push(...results);
    if (plan.results) appendFileSync(plan.results, results.map((result) => `${JSON.stringify(result)}\n`).join(''));
  };
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const picture = plan.overOptimization && next.seed === plan.seeds[0];
      const one = { ...plan, ...next, overOptimization: picture };
      if (plan.jobs > 1) keep(await inOwnProcess(one));
      else await runSeed(one, keep);
    }
  };
  await Promise.all(Array.from({ length: plan.jobs }, work));
  return found.sort((a, b) => a.seed - b.seed);
}

/** Runs each method on one seed's project. @param keep hears each result at once. */
async function runSeed(plan: ProofPlan & { seed: number }, keep: (results: readonly SeedResult[]) => void): Promise<void> {
  await withLineProject(plan.seed, plan.judgments, async (project) => {
    for (const method of plan.methods) keep([await runMethod(project, method, plan)]);
  });
}

async function runMethod(project: LineProject, method: Method, plan: ProofPlan): Promise<SeedResult> {
  const { sft, aligned, winRate, signs, metrics, answersAStep, seconds } = await align(project, method, plan.config);
  const { accuracy, pairs } = project.rewardModel;
  say(`${method}, seed ${project.seed}: wins ${(100 * winRate.gold.rate).toFixed(1)}%.`);
  const picture = plan.overOptimization && (method === 'ppo' || method === 'grpo') ? await overOptimization(project, method) : null;
  return {
    method,
    seed: project.seed,
    judgments: plan.judgments,
    rewardModel: { accuracy, pairs },
    sft,
    aligned,
    winRate,
    signs,
    negativeKl: negativeKlOf(metrics, answersAStep),
    seconds: project.seconds + seconds,
    ...(picture && { overOptimization: picture }),
  };
}

/** The same script, for one seed. Its share of the cores is whole: bits do not depend on the number of threads. */
async function inOwnProcess(plan: ProofPlan & { seed: number }): Promise<SeedResult[]> {
  const threads = Math.max(1, Math.floor(availableParallelism() / plan.jobs));
  const settings = Object.entries(plan.config).flatMap(([key, value]) => ['--set', `${key}=${JSON.stringify(value)}`]);
  const script = resolve(import.meta.dirname, '../proof.ts');
  const counts = ['--seeds', '1', '--first-seed', String(plan.seed), '--judgments', String(plan.judgments)];
  const picture = plan.overOptimization ? [] : ['--no-over-optimization'];
  const child = spawn(process.execPath, [script, '--method', plan.methods.join(','), ...counts, ...settings, ...picture, '--json'], {
    env: { PLUMBLINE_THREADS: String(threads), ...process.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((done) => child.once('close', done));
  const said = await text(child.stdout);
  if ((await ended) !== 0) throw new PlainError('engine', `Seed ${plan.seed} did not end; the lines above say why.`);
  const { proofs, ...only } = JSON.parse(said);
  return (proofs ?? [only]).flatMap((proof: { seeds: ProofSeed[]; overOptimization: OverOptimizationRow[] }) =>
    proof.seeds.map((seed) => (proof.overOptimization.length > 0 ? { ...seed, overOptimization: proof.overOptimization } : seed)),
  );
}

function readResults(file: string): SeedResult[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SeedResult);
}
