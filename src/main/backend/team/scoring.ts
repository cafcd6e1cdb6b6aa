import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError } from '#shared/errors.ts';
import { type PairRow, scoredPair } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { basesOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import type { BackendContext } from '../context.ts';
import { textOf } from '../messages.ts';
import { writeJsonLines } from '../runs/lines-file.ts';

/** A pair of two for a reward model to score, named by the comparison's `seq`; slot 0 stands as chosen, which says nothing here. Null for more than two. */
export function pairToScore(store: Store, comparison: { id: string; seq: number }): PairRow | null {
  const head = store.comparisons.get(comparison.id);
  const prompt = head && store.prompts.get(head.promptId);
  const [first, second, third] = store.comparisons.slots(comparison.id);
  if (!prompt || !first || !second || third) return null;
  return {
    id: String(comparison.seq),
    promptId: prompt.id,
    prompt: prompt.messages,
    chosen: textOf(first.messages),
    rejected: textOf(second.messages),
    softTarget: 1,
    strength: 1,
  };
}

/**
 * Has reward models score pairs, one engine job a model. Margins r_chosen − r_rejected by pair, of every model and member; null when it was stopped.
 * @param id of the jobs, to stop them by
 * @throws PlainError with what the engine says, no_space
 */
export async function scorePairs(
  { store, jobs }: Pick<BackendContext, 'store' | 'jobs'>,
  id: string,
  models: readonly CheckpointRow[],
  rows: readonly PairRow[],
): Promise<Map<string, number[]> | null> {
  const folder = join(store.folder, 'runs', id);
  const margins = new Map<string, number[]>();
  try {
    mkdirSync(folder, { recursive: true });
    const pairsFile = join(folder, 'pairs.jsonl');
    writeJsonLines(pairsFile, rows);
    for (const [index, model] of models.entries()) {
      const outFile = join(folder, `scored-${index}.jsonl`);
      const outcome = await jobs.submit({
        id,
        job: { kind: 'score', rewardModel: checkpointFolder(store, model), pairsFile, outFile, bases: basesOf(store, [model]) },
        onEvent: () => {},
      });
      if (outcome.kind === 'stopped') return null;
      if (outcome.kind !== 'done') throw new PlainError('engine', outcome.sentence);
      for (const line of readFileSync(outFile, 'utf8').split('\n')) {
        if (line === '') continue;
        const scored = scoredPair.parse(JSON.parse(line));
        margins.set(scored.id, [...(margins.get(scored.id) ?? []), ...scored.margins]);
      }
    }
    return margins;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
