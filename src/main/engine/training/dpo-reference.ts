import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Decoder } from '../nn/decoder.ts';
import { writeWhole } from '../weights/files.ts';
import { disposeBatch, groupsByLength, responseBatch, type TokenSequence } from './batch.ts';
import { measureLogProbs } from './response.ts';
import type { TokenPair } from './reward-pairs.ts';

/** Σ log π of the two answers of each pair, nats. */
export interface PairSums {
  chosen: number[];
  rejected: number[];
}

const pairSums = z.object({ chosen: z.array(z.number()), rejected: z.array(z.number()) });
const cache = z.object({ format: z.literal(1), tokens: z.string(), train: pairSums, heldOut: pairSums });

/** Sequences measured at a time. */
const measuredAtOnce = 16;

/** Σ_t log π(y_t | x, y_<t) of both answers of every pair, at temperature 1, without a gradient. */
export async function pairLogProbs(
  decoder: Decoder,
  pairs: readonly TokenPair[],
  padId: number,
  breathe: () => Promise<void>,
): Promise<PairSums> {
  const sequences = [...pairs.map(({ chosen }) => chosen), ...pairs.map(({ rejected }) => rejected)];
  const sums = new Array<number>(sequences.length).fill(0);
  for (const group of groupsByLength(sequences, measuredAtOnce)) {
    await breathe();
    const batch = responseBatch(
      group.map((i) => sequences[i]!),
      padId,
    );
    measureLogProbs(decoder, batch, 1).forEach((row, i) => {
      sums[group[i]!] = row.reduce((sum, lp) => sum + lp, 0);
    });
    disposeBatch(batch);
  }
  return { chosen: sums.slice(0, pairs.length), rejected: sums.slice(pairs.length) };
}

/**
 * log π_SFT of a run's pairs: measured once, by the start checkpoint before it is trained, and kept as `reference.json` with the run, so that no second model is held
 * and a resume needs none. A file of other pairs, or one that cannot be read, is measured anew.
 */
export async function referenceLogProbs(
  runFolder: string,
  start: Decoder,
  { train, heldOut }: { train: readonly TokenPair[]; heldOut: readonly TokenPair[] },
  padId: number,
  breathe: () => Promise<void>,
): Promise<{ train: PairSums; heldOut: PairSums }> {
  const path = join(runFolder, 'reference.json');
  const tokens = hashOf([...train, ...heldOut]);
  const kept = existsSync(path) ? cache.safeParse(jsonOf(path)) : null;
  if (kept?.success && kept.data.tokens === tokens && kept.data.train.chosen.length === train.length) return kept.data;
  const measured = {
    train: await pairLogProbs(start, train, padId, breathe),
    heldOut: await pairLogProbs(start, heldOut, padId, breathe),
  };
  writeWhole(path, JSON.stringify({ format: 1, tokens, ...measured }));
  return measured;
}

/** Of the very tokens that were measured. */
function hashOf(pairs: readonly TokenPair[]): string {
  const digest = createHash('sha256');
  const add = ({ prompt, response }: TokenSequence) => digest.update(`${prompt.join(' ')}|${response.join(' ')}\n`);
  for (const { chosen, rejected } of pairs) {
    add(chosen);
    add(rejected);
  }
  return digest.digest('hex');
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
