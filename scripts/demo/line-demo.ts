import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBackend } from '#engine/backends/open.ts';
import { Random } from '#engine/nn/random.ts';
import { loadCheckpoint } from '#engine/weights/checkpoint.ts';
import { type PromptLine, pairs, type SimulatedLine, simulate } from './annotator.ts';

/** Pairs of held-out answers are always the same ones, so that accuracies of different seeds can be compared. */
const heldOutSeed = 77_000;

export function readPromptLines(demo: string): PromptLine[] {
  const text = readFileSync(join(demo, 'prompts.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PromptLine);
}

export interface LineDemo {
  judgments: number;
  heldOutPairs: number;
}

/**
 * Writes a demo folder for one run of the line: the model and requests of `demo`, no waiting pairs, and simulated judgments of this seed: `count` on train
 * requests, of which 15% are flipped, and one on every held-out request, none flipped, by which the reward model's accuracy is measured.
 */
export async function makeLineDemo(demo: string, folder: string, count: number, seed: number): Promise<LineDemo> {
  const lines = readPromptLines(demo);
  const byId = new Map(lines.map((line) => [line.id, line]));
  const random = Random.from(seed, 'line');
  const train = random.shuffle(lines.filter(({ split }) => split === 'train'));
  const heldOut = lines.filter(({ split }) => split === 'held_out');

  const backend = await openBackend();
  const checkpoint = loadCheckpoint(join(demo, 'model'));
  const judged: SimulatedLine[] = [];
  try {
    let asked = 0;
    // Ties and equal answers give no judgment, so a few more requests are answered than judgments wanted; round after round if need be.
    for (let round = 0; judged.length < count; round++) {
      const missing = count - judged.length;
      const next = Array.from({ length: Math.ceil(missing * 1.2) + 8 }, (_, index) => train[(asked + index) % train.length]).filter(
        (line) => line !== undefined,
      );
      asked += next.length;
      const found = await pairs(checkpoint, next, 1000 * (seed + 1) + round);
      judged.push(...simulate(found, byId, missing, 0, random));
    }
    const flipped = new Set(random.shuffle([...judged.keys()]).slice(0, Math.round(0.15 * judged.length)));
    const train300 = judged.map((line, index) => (flipped.has(index) ? { ...line, ranking: line.ranking.toReversed() } : line));
    const measured = simulate(await pairs(checkpoint, heldOut, heldOutSeed), byId, heldOut.length, 0, random);
    write(demo, folder, [...train300, ...measured]);
    return { judgments: train300.length, heldOutPairs: measured.length };
  } finally {
    checkpoint.decoder.dispose();
    await backend.close();
  }
}

function write(demo: string, folder: string, simulated: readonly SimulatedLine[]): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['model', 'prompts.jsonl', 'guideline.md']) cpSync(join(demo, name), join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'comparisons.jsonl'), '');
  writeFileSync(join(folder, 'simulated.jsonl'), simulated.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
