/**
 * `npm run line:smollm2 -- [--json] [--comparisons 200] [--steps 20] [--seed 0] [--model FILE] [--data FILE]`: the whole line on a real language model. SmolLM2-135M-Instruct
 * is imported, answers short questions, a simulated annotator prefers the shorter answer that still contains the question's key noun, and a reward model and PPO, both
 * adapters, learn that. Minutes on two cores; see docs/results/smollm2.md.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainError, sentenceOf } from '#shared/errors.ts';
import { watchChildMemory } from './lib/child-memory.ts';
import { say } from './lib/say.ts';
import { wholeNumber } from './lib/whole-number.ts';
import { alignByRule } from './smollm2/align.ts';
import { withJudgedProject } from './smollm2/project.ts';
import { inMarkdown, type LineResult } from './smollm2/summary.ts';

const shared = resolve(import.meta.dirname, '../../shared');
const usage = `Usage: npm run line:smollm2 -- [--json] [--comparisons 200] [--steps 20] [--seed 0] [--model FILE] [--data FILE] [--set KEY=VALUE …]

Imports SmolLM2-135M-Instruct, has a simulated annotator judge its answers, trains a reward model and PPO, and prints what changed on held-out questions.
--set changes a setting of PPO.
Example: npm run line:smollm2 -- --steps 10 --set learningRate=0.0003`;

function options() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      comparisons: { type: 'string', default: '200' },
      steps: { type: 'string', default: '20' },
      seed: { type: 'string', default: '0' },
      model: { type: 'string', default: resolve(shared, 'models/smollm2-135m-instruct.q4_1.gguf') },
      data: { type: 'string', default: resolve(shared, 'data/ai-feedback-pairs.jsonl.gz') },
      set: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { comparisons, steps, seed, set } = values;
  return {
    ...values,
    comparisons: wholeNumber(comparisons, 'comparisons', 20),
    steps: wholeNumber(steps, 'steps', 1),
    seed: wholeNumber(seed, 'seed', 0),
    ppo: Object.fromEntries(set.map(settingOf)),
  };
}

function settingOf(text: string): [string, unknown] {
  const [, key, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  try {
    if (key !== undefined && value !== undefined) return [key, JSON.parse(value)];
  } catch {
    return [key!, value]; // a word, as in schedule=linear
  }
  throw new TypeError(`--set is written KEY=VALUE, not “${text}”.`);
}

async function run(chosen: ReturnType<typeof options>): Promise<LineResult> {
  for (const file of [chosen.model, chosen.data]) {
    if (!existsSync(file)) throw new PlainError('not_found', `${file} is not there. Name the file with --model or --data.`);
  }
  const start = Date.now();
  const memory = watchChildMemory();
  try {
    const { comparisons, steps, seed, ppo, model, data } = chosen;
    return await withJudgedProject({ model, data, comparisons, seed }, async (project) => {
      const { judgments, answering } = project;
      const aligned = await alignByRule(project, { steps, seed, ppo });
      return { seed, steps, judgments, answering, ...aligned, peakBytes: memory.peak(), totalMinutes: (Date.now() - start) / 60_000 };
    });
  } finally {
    memory.stop();
  }
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
  try {
    const result = await run(chosen);
    process.stdout.write(`${chosen.json ? JSON.stringify(result) : inMarkdown(result)}\n`);
    return 0;
  } catch (error) {
    say(error instanceof PlainError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

process.exitCode = await main();
