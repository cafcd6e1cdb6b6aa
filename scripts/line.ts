/**
 * `npm run line -- [--seed S] [--judgments 300] [--method ppo|grpo|dpo] [--json]`: the whole line on the demo project, without a display. Simulated judgments
 * (15% flipped) → reward model → PPO, GRPO or DPO → comparison with SFT on 200 held-out requests, judged by the grammar's gold score. Everything but the judging goes
 * through the app's own use cases. With `--json` one object on standard output; progress is on standard error.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createApp } from '#backend/app.ts';
import { deskPromptOf, maxNewTokens } from '#demo/annotator.ts';
import { judge } from '#demo/grammar/index.ts';
import { makeLineDemo, readPromptLines } from '#demo/line-demo.ts';
import type { App } from '#shared/api/app.ts';
import { type RunDetail, type StartRun, startRun } from '#shared/api/runs.ts';
import { alignsPolicy, type Method, method as methods } from '#shared/domain.ts';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { mean, wilsonInterval } from '#shared/statistics.ts';

const usage = `Usage: npm run line -- [--seed S] [--judgments 300] [--method ppo|grpo|dpo] [--json]

Runs the whole line on the demo project with simulated judgments, and says how often the aligned model's answers beat SFT's.
Example: npm run line -- --seed 3 --json`;

const demo = resolve(import.meta.dirname, '../resources/demo');
const comparedPrompts = 200;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function train(app: App, input: StartRun): Promise<RunDetail> {
  const { id, name } = app.runs.start(startRun.parse({ judgmentsBy: ['simulated'], ...input }));
  let saidAt = 0;
  const unlisten = app.runs.listen((event) => {
    if (event.run !== id || event.kind !== 'progress' || Date.now() - saidAt < 5000) return;
    saidAt = Date.now();
    say(`${name}: step ${event.step} of ${event.totalSteps}`);
  });
  const run = await app.runs.finished(id);
  unlisten();
  if (run.state !== 'done' || !run.result) throw new PlainError('engine', run.error ?? `${name} ended as ${run.state}.`);
  return run;
}

/** Answers of both checkpoints to the same held-out requests, with the gold score of each. */
async function compare(app: App, checkpoints: [string, string], rewardModel: string, seed: number) {
  const lines = new Map(readPromptLines(demo).map((line) => [line.prompt[0]?.content ?? '', line]));
  const { report } = app.compare.start({
    checkpoints,
    prompts: comparedPrompts,
    split: 'held_out',
    seed,
    temperature: 1,
    maxNewTokens,
    rewardModel,
  });
  await app.compare.finished(report);
  const me = app.ownerId();
  const { state, error, checkpoints: measures } = app.compare.get(me, report);
  if (state !== 'done') throw new PlainError('engine', error ?? `The comparison ended as ${state}.`);
  const golds: [number, number][] = [];
  const garbled: [number, number][] = [];
  const truths: [boolean[], boolean[]] = [[], []];
  let after: string | null = null;
  do {
    const page = app.compare.rows(me, { report, after, limit: 100, reveal: true });
    for (const row of page.rows) {
      const line = lines.get(row.prompt[0]?.content ?? '');
      const [sft, aligned] = row.answers;
      if (!line || !sft || !aligned) throw new Error(`The comparison lost its request ${row.promptId}.`);
      const judged = [sft, aligned].map(({ text, terminated }) => judge(deskPromptOf(line), text, terminated));
      for (const [index, found] of judged.entries()) if (found.exact > 0) truths[index === 0 ? 0 : 1].push(found.wrong.length === 0);
      golds.push([judged[0]?.gold ?? 0, judged[1]?.gold ?? 0]);
      garbled.push([judged[0]?.garbled ?? 0, judged[1]?.garbled ?? 0]);
    }
    after = page.next;
  } while (after !== null);
  const [first, second] = measures;
  if (!first || !second) throw new Error('The comparison has no measures.');
  const side = (index: 0 | 1) => ({
    gold: mean(golds.map((pair) => pair[index])),
    reward: measures[index]?.reward?.value ?? null,
    length: measures[index]?.length.value ?? null,
    garbled: mean(garbled.map((pair) => pair[index])),
    /** Share of the exact answers in which every slot is the request's own. */
    true: mean(truths[index].map(Number)),
  });
  const wins = golds.filter(([sft, aligned]) => aligned > sft).length;
  const ties = golds.filter(([sft, aligned]) => aligned === sft).length;
  const gold = {
    wins,
    ties,
    losses: golds.length - wins - ties,
    rate: (wins + ties / 2) / golds.length,
    ...wilsonInterval(wins + ties / 2, golds.length),
  };
  return { sft: side(0), aligned: { ...side(1), klToSft: second.kl?.value ?? null }, winRate: { gold } };
}

async function runLine(seed: number, judgments: number, method: Method) {
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-line-'));
  try {
    say(`Seed ${seed}: the simulated annotator judges ${judgments} pairs of SFT answers …`);
    const made = await makeLineDemo(demo, join(folder, 'demo'), judgments, seed);
    const app = createApp({ dataFolder: join(folder, 'data'), demoFolder: join(folder, 'demo') });
    try {
      app.project.setSimulated({ on: true });
      const reward = await train(app, { method: 'reward', config: { seed, evaluateEvery: 1000 } });
      const report = reward.report;
      if (!report || !reward.result) throw new Error('The reward run left no report.');
      say(`Reward model: orders ${report.correct} of ${report.untied} held-out pairs as gold does.`);
      const policy = await train(app, { method, rewardModel: reward.result.id, config: { seed, maxNewTokens } });
      if (!policy.result) throw new Error('The policy run left no checkpoint.');
      const compared = await compare(app, [policy.startCheckpoint.id, policy.result.id], reward.result.id, seed);
      return {
        seed,
        judgments: made.judgments,
        rewardModel: { accuracy: report.accuracy, pairs: report.untied },
        ...compared,
        seconds: (Date.now() - start) / 1000,
      };
    } finally {
      await app.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wholeNumber(text: string, name: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new TypeError(`--${name} must be a whole number from ${least}, not “${text}”.`);
  return value;
}

function methodNamed(name: string): Method {
  const parsed = methods.safeParse(name);
  if (parsed.success && alignsPolicy(parsed.data)) return parsed.data;
  throw new TypeError(`--method can be ppo, grpo or dpo, not “${name}”.`);
}

async function main(): Promise<number> {
  let options: { seed: string; judgments: string; method: string; json: boolean; help: boolean };
  let seed: number;
  let judgments: number;
  let method: Method;
  try {
    options = parseArgs({
      options: {
        seed: { type: 'string', default: '0' },
        judgments: { type: 'string', default: '300' },
        method: { type: 'string', default: 'ppo' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
    seed = wholeNumber(options.seed, 'seed', 0);
    judgments = wholeNumber(options.judgments, 'judgments', 20);
    method = methodNamed(options.method);
  } catch (error) {
    say(`${sentenceOf(error)}\n\n${usage}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  try {
    const result = await runLine(seed, judgments, method);
    process.stdout.write(`${options.json ? JSON.stringify(result) : inWords(result)}\n`);
    return 0;
  } catch (error) {
    say(error instanceof PlainError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
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

process.exitCode = await main();
