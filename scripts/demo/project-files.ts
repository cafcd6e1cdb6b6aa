import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '#engine/nn/random.ts';
import type { Checkpoint } from '#engine/weights/checkpoint.ts';
import { judge, makePrompt } from '#shared/front-desk/index.ts';
import { type Pair, type PromptLine, pairs, simulate } from './annotator.ts';
import { recipe } from './recipe.ts';
import { guideline, readme } from './texts.ts';

/** How much of everything the demo project holds; a third of the waiting pairs is on held-out requests, so that 60 judgments suffice for an accuracy. */
const amounts = {
  prompts: { train: 2400, held_out: 600 },
  waiting: { train: 40, held_out: 20 },
  simulated: { train: 240, held_out: 60 },
  flipped: 0.15,
};
const splits = ['train', 'held_out'] as const;

/** Requests, no text twice. Ids do not say the split. */
function makePromptLines(): PromptLine[] {
  const random = Random.from(recipe.seed, 'prompts');
  const seen = new Set<string>();
  const lines: PromptLine[] = [];
  for (const split of splits) {
    for (let left = amounts.prompts[split]; left > 0; ) {
      const { text, intent, values } = makePrompt(split, () => random.uniform());
      if (seen.has(text)) continue;
      seen.add(text);
      left--;
      lines.push({ id: '', prompt: [{ role: 'user', content: text }], topic: intent, split, slots: values });
    }
  }
  return random.shuffle(lines).map((line, index) => ({ ...line, id: `desk-${String(index + 1).padStart(4, '0')}` }));
}

const jsonLines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Everything in `resources/demo` besides the model, from the model's own answers. */
export async function writeProjectFiles(folder: string, checkpoint: Checkpoint, say: (line: string) => void): Promise<void> {
  const lines = makePromptLines();
  const byId = new Map(lines.map((line) => [line.id, line]));
  const random = Random.from(recipe.seed, 'annotator');
  const waiting: Pair[] = [];
  const simulated: unknown[] = [];
  for (const split of splits) {
    const mine = lines.filter((line) => line.split === split);
    const found = await pairs(checkpoint, mine.slice(0, 2 * (amounts.waiting[split] + amounts.simulated[split])), recipe.seed);
    waiting.push(...found.slice(0, amounts.waiting[split]));
    simulated.push(...simulate(found.slice(amounts.waiting[split]), byId, amounts.simulated[split], amounts.flipped, random));
  }
  const files: Record<string, string> = {
    'prompts.jsonl': jsonLines(lines),
    'comparisons.jsonl': jsonLines(random.shuffle(waiting)),
    'simulated.jsonl': jsonLines(random.shuffle(simulated)),
    'guideline.md': guideline,
    'README.md': readme,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const model = ['config.json', 'generation_config.json', 'model.safetensors', 'plumbline.json', 'tokenizer.json', 'tokenizer_config.json'];
  const names = [...Object.keys(files), ...model.map((name) => `model/${name}`)].sort();
  const hashes = Object.fromEntries(names.map((name) => [name, sha256(readFileSync(join(folder, name)))]));
  const manifest = { format: 1, madeBy: 'npm run demo:train', seed: recipe.seed, amounts, sha256: hashes };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const golds = waiting.flatMap(({ promptId, responses }) => {
    const line = byId.get(promptId);
    return line
      ? responses.map(({ text, terminated }) =>
          judge({ text: '', split: line.split, intent: line.topic, values: line.slots }, text, terminated),
        )
      : [];
  });
  const mean = (values: number[]): string => (values.reduce((sum, value) => sum + value, 0) / values.length).toFixed(2);
  say(
    `Of ${golds.length} answers: gold ${mean(golds.map(({ gold }) => gold))}, garbled sentences ${mean(golds.map(({ garbled }) => garbled))} an answer.`,
  );
}
