import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const model = fileURLToPath(new URL('../golden/models/gpt2', import.meta.url));

/** A small demo folder, as `npm run demo:train` would write one: `pairs` waiting pairs, `simulated` simulated judgments, a tiny random model. */
export function writeDemoFolder(folder: string, { pairs = 12, simulated = 8 }: { pairs?: number; simulated?: number } = {}): string {
  mkdirSync(join(folder, 'model'), { recursive: true });
  for (const name of ['config.json', 'model.safetensors']) cpSync(join(model, name), join(folder, 'model', name));
  writeFileSync(join(folder, 'model', 'plumbline.json'), JSON.stringify({ format: 1, kind: 'sft', reward: null }));
  const prompts = Array.from({ length: pairs + simulated }, (_, index) => ({
    id: `demo_${index}`,
    prompt: [{ role: 'user', content: `Could room ${index} have two more towels?` }],
    topic: index % 2 === 0 ? 'towels' : 'rooms',
    split: index % 5 === 4 ? 'held_out' : 'train',
    slots: { room: index },
  }));
  const pair = (promptId: string, index: number) => ({
    promptId,
    responses: [
      { text: `Of course, two towels for room ${index}.`, ids: [1, 2, index], seed: 2 * index },
      { text: 'No.', ids: [3], seed: 2 * index + 1 },
    ],
  });
  const rows = prompts.map(({ id }, index) => pair(id, index));
  writeLines(folder, 'prompts.jsonl', prompts);
  writeLines(folder, 'comparisons.jsonl', rows.slice(0, pairs));
  writeLines(
    folder,
    'simulated.jsonl',
    rows.slice(pairs).map((row, index) => ({ ...row, ranking: index % 4 === 3 ? [[0, 1]] : [[0], [1]], strength: 2 })),
  );
  writeFileSync(join(folder, 'guideline.md'), '# Front desk\nPrefer the reply that helps the guest.\n');
  return folder;
}

function writeLines(folder: string, name: string, rows: object[]): void {
  writeFileSync(join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
