import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { message, ranking, split, strength } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { Store } from '#store/store.ts';
import { registerCheckpoint } from './checkpoints/register.ts';
import { addComparison, addPrompt, addResponse } from './comparisons.ts';
import { recordJudgment } from './labeling/record.ts';
import { annotatorNamed } from './people.ts';

/** The files of resources/demo, which `npm run demo:train` writes: one JSON object a line. */
const promptRow = z.object({
  id: z.string(),
  prompt: z.array(message).min(1),
  topic: z.string().nullable(),
  split,
  slots: z.record(z.string(), z.unknown()).nullable().default(null),
});
const responseRow = z.object({
  text: z.string(),
  ids: z.array(z.int()).nullable().default(null),
  seed: z.int().nullable().default(null),
  terminated: z.boolean().default(true),
});
const comparisonRow = z.object({ promptId: z.string(), responses: z.array(responseRow).min(2) });
const simulatedRow = comparisonRow.extend({ ranking, strength: strength.nullable().default(null) });
export type SimulatedRow = z.output<typeof simulatedRow>;

/** Whose the simulated judgments are; their kind keeps them out of every count of people's. */
export const simulatedName = 'Simulated annotator';

/**
 * Fills an empty project from a demo folder: prompts, the SFT checkpoint, pairs that wait to be judged, the guideline, and the marked set of simulated
 * judgments, switched out. One transaction.
 * @throws PlainError damaged when the folder is not what demo:train writes
 */
export function fillDemo(store: Store, folder: string): void {
  const prompts = readRows(folder, 'prompts.jsonl', promptRow);
  const waiting = readRows(folder, 'comparisons.jsonl', comparisonRow);
  const simulated = readRows(folder, 'simulated.jsonl', simulatedRow);
  const guideline = readFile(folder, 'guideline.md');
  store.transaction(() => {
    const checkpoint = registerCheckpoint(store, { folder: join(folder, 'model'), name: 'sft', license: 'Apache-2.0' });
    store.guidelines.supersede({ markdown: guideline, createdAt: Date.now(), createdBy: null });
    const known = new Map(
      prompts.map(({ prompt, ...row }) => [row.id, addPrompt(store, { ...row, messages: prompt, source: 'demo', importId: null })]),
    );
    for (const row of waiting) addPair(store, row, known, checkpoint.id, true);
    addSimulated(store, simulated, checkpoint.id, known);
  });
}

/** Adds simulated judgments over pairs of their own, made by a person of kind `simulated` who is switched out until a person switches them in. Call it inside a transaction. */
export function addSimulated(store: Store, rows: readonly SimulatedRow[], checkpointId: string, known: Prompts): void {
  const annotator = annotatorNamed(store, 'simulated', simulatedName, false);
  for (const [index, row] of rows.entries()) {
    recordJudgment(store, {
      comparison: addPair(store, row, known, checkpointId, false),
      slots: row.responses.length,
      personId: annotator.id,
      ranking: row.ranking,
      strength: row.ranking.length === 1 ? null : (row.strength ?? 1),
      bothBad: false,
      rationale: null,
      decidedAt: Date.now(),
      importId: null,
      key: `simulated-${index}`,
    });
  }
}

/** The marked set of simulated judgments and whether it is switched in; null where a project brought none. */
export function simulatedSetOf(store: Store): { annotator: string; available: number; on: boolean } | null {
  const annotator = store.people.named('simulated', simulatedName);
  if (!annotator) return null;
  return { annotator: annotator.id, available: store.judgments.countOfPerson(annotator.id), on: annotator.enabled === 1 };
}

/** By the ids that rows name. */
type Prompts = ReadonlyMap<string, { id: string; hash: string }>;

function addPair(store: Store, row: z.output<typeof comparisonRow>, known: Prompts, checkpointId: string, queued: boolean) {
  const prompt = known.get(row.promptId);
  if (!prompt)
    throw new PlainError(
      'damaged',
      `The demo's pairs speak of a prompt ${row.promptId} that prompts.jsonl lacks. Install Plumbline again.`,
    );
  const responses = row.responses.map(({ text, ids, seed, terminated }) =>
    addResponse(store, { promptId: prompt.id, text, checkpointId, tokenIds: ids, seed, terminated }),
  );
  return addComparison(store, { prompt, responses, purpose: 'labeling', queued });
}

function readFile(folder: string, name: string): string {
  const path = join(folder, name);
  if (!existsSync(path)) throw new PlainError('damaged', `The demo project cannot be made: ${path} is missing. Install Plumbline again.`);
  return readFileSync(path, 'utf8');
}

function readRows<Row extends z.ZodType>(folder: string, name: string, row: Row): z.output<Row>[] {
  return readFile(folder, name)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, index) => {
      try {
        return row.parse(JSON.parse(line));
      } catch (cause) {
        throw new PlainError(
          'damaged',
          `The demo project cannot be made: line ${index + 1} of ${name} is broken. Install Plumbline again.`,
          { cause },
        );
      }
    });
}
