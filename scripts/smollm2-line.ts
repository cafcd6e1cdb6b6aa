/**
 * `npm run line:smollm2 -- [--json] [--comparisons 200] [--steps 20] [--seed 0] [--model FILE] [--data FILE]`: the whole line on a real language model. SmolLM2-135M-Instruct
 * is imported, answers short questions, a simulated annotator prefers the shorter answer that still contains the question's key noun, and a reward model and PPO, both
 * adapters, learn that. Minutes on two cores; see docs/results/smollm2.md.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { watchChildMemory } from './lib/child-memory.ts';
import { runScript } from './lib/run-script.ts';
import { settingsOf } from './lib/settings-of.ts';
import { wholeNumber } from './lib/whole-number.ts';
import { alignByRule } from './smollm2/align.ts';
import { withJudgedProject } from './smollm2/project.ts';
import { inMarkdown, type LineResult } from './smollm2/summary.ts';

const shared = resolve(import.meta.dirname, '../../shared');
const usage = `Usage: npm run line:smollm2 -- [--json] [--comparisons 200] [--steps 20] [--seed 0] [--model FILE] [--data FILE] [--set KEY=VALUE …]

Imports SmolLM2-135M-Instruct, has a simulated annotator judge its answers, trains a reward model and PPO, and prints what changed on held-out questions.
--set changes a setting of PPO.
Example: npm run line:smollm2 -- --steps 10 --set learningRate=0.0003`;

interface Plan {
  comparisons: number;
  steps: number;
  seed: number;
  model: string;
  data: string;
  ppo: Record<string, unknown>;
}

async function runLine({ comparisons, steps, seed, ppo, model, data }: Plan): Promise<LineResult> {
  for (const file of [model, data]) {
    if (!existsSync(file)) throw new PlainError('not_found', `${file} is not there. Name the file with --model or --data.`);
  }
  const start = Date.now();
  const memory = watchChildMemory();
  try {
    return await withJudgedProject({ model, data, comparisons, seed }, async (project) => {
      const { judgments, answering } = project;
      const aligned = await alignByRule(project, { steps, seed, ppo });
      return { seed, steps, judgments, answering, ...aligned, peakBytes: memory.peak(), totalMinutes: (Date.now() - start) / 60_000 };
    });
  } finally {
    memory.stop();
  }
}

await runScript({
  usage,
  options: {
    comparisons: { type: 'string', default: '200' },
    steps: { type: 'string', default: '20' },
    seed: { type: 'string', default: '0' },
    model: { type: 'string', default: resolve(shared, 'models/smollm2-135m-instruct.q4_1.gguf') },
    data: { type: 'string', default: resolve(shared, 'data/ai-feedback-pairs.jsonl.gz') },
    set: { type: 'string', multiple: true, default: [] },
  },
  read: ({ comparisons, steps, seed, model, data, set }): Plan => ({
    comparisons: wholeNumber(comparisons, 'comparisons', 20),
    steps: wholeNumber(steps, 'steps', 1),
    seed: wholeNumber(seed, 'seed', 0),
    model,
    data,
    ppo: settingsOf(set),
  }),
  run: async (plan) => {
    const result = await runLine(plan);
    return { json: result, text: inMarkdown(result) };
  },
});
