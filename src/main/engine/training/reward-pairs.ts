import type { BothBadRow, PairRow } from '#shared/jobs.ts';
import type { RewardConfig } from '#shared/training/reward.ts';
import { Random } from '../nn/random.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { fitContext, type TokenSequence } from './batch.ts';
import { type PairTarget, pairTarget } from './maths/bradley-terry.ts';

/** A pair as tokens; both sides of a judged pair have the same prompt, though each may have lost another part of it to the context. */
export interface TokenPair {
  chosen: TokenSequence;
  rejected: TokenSequence;
  target: PairTarget;
}

type Reader = Pick<Checkpoint, 'decoder' | 'tokenizer'>;

/** A prompt and a response ended by EOS; null where the response alone is longer than the context. */
function readWhole({ decoder, tokenizer }: Reader, prompt: PairRow['prompt'], text: string): TokenSequence | null {
  return fitContext({ prompt: tokenizer.prompt(prompt), response: [...tokenizer.encode(text), tokenizer.eosId] }, decoder.config.positions);
}

/** Rows as tokens. A pair one of whose responses alone is longer than the context is left out and counted. */
export function pairsOf(
  rows: readonly PairRow[],
  reader: Reader,
  { margins }: Pick<RewardConfig, 'margins'>,
): { pairs: TokenPair[]; dropped: number } {
  const pairs: TokenPair[] = [];
  for (const row of rows) {
    const [chosen, rejected] = [row.chosen, row.rejected].map((text) => readWhole(reader, row.prompt, text));
    if (chosen && rejected) pairs.push({ chosen, rejected, target: pairTarget(row, margins) });
  }
  return { pairs, dropped: rows.length - pairs.length };
}

/**
 * What "both bad" teaches, as pairs: each such response is worse than one that was chosen, of another prompt and drawn by the seed. It sets the level of bad answers, of which
 * pairs of one prompt say nothing; the two prompts differ, so there is no margin. None where nothing was chosen.
 */
export function bothBadPairs(rows: readonly BothBadRow[], judged: readonly TokenPair[], reader: Reader, seed: number): TokenPair[] {
  const preferred = judged.filter(({ target }) => target.softTarget !== 0.5);
  if (preferred.length === 0) return [];
  return rows.flatMap(({ id, prompt, responses }) =>
    responses.flatMap((text, i) => {
      const rejected = readWhole(reader, prompt, text);
      const { chosen } = preferred[Random.from(seed, 'both bad', id, i).integer(preferred.length)]!;
      return rejected ? [{ chosen, rejected, target: { softTarget: 1, margin: 0 } }] : [];
    }),
  );
}
