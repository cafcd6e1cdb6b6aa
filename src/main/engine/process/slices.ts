import { type JobOf, type SlicesCompared, slicedPair } from '#shared/jobs.ts';
import { mean, meanEstimate } from '#shared/statistics.ts';
import { rewardConfig } from '#shared/training/reward.ts';
import { Random } from '../nn/random.ts';
import type { JobContext, JobResult } from '../training/context.ts';
import { differencesOf, fitHead, type PairStates, readPairStates } from '../training/head-start.ts';
import { RewardModel } from '../training/reward-model.ts';
import { pairsOf } from '../training/reward-pairs.ts';
import { readRows } from '../training/rows.ts';
import { ScoreHead } from '../training/score-head.ts';
import { CheckpointLoader } from '../weights/checkpoint.ts';
import { writeWhole } from '../weights/files.ts';

/** How often each way of drawing is tried: the draw matters more than the fit. */
const draws = 20;

/** Labels drawn at random against labels drawn as the lead chose (a random share among them), equally many, by what heads on the untouched checkpoint learn from either. */
export async function compareSlices(job: JobOf<'slices'>, context: JobContext): Promise<JobResult> {
  const checkpoint = new CheckpointLoader(job.bases).load(job.startCheckpoint);
  const { decoder, tokenizer } = checkpoint;
  context.emit({ event: 'started', backend: context.backend, parameters: decoder.parameters.count, totalSteps: draws, resumedAt: 0 });
  const config = rewardConfig.parse({});
  const fitting = readRows(job.pairsFile, slicedPair).flatMap(({ slice, ...row }) =>
    pairsOf([row], checkpoint, config).pairs.map((pair) => ({ slice, pair })),
  );
  const model = new RewardModel(decoder, ScoreHead.zeros(decoder.config.width));
  const pairs = fitting.map(({ pair }) => pair);
  const states = await readPairStates(model, pairs, tokenizer.padId, context.breathe);
  const rowsOf = (wanted: string) => fitting.flatMap(({ slice }, row) => (slice === wanted ? [row] : []));
  const compared = compareDraws(
    states,
    { random: rowsOf('random'), chosen: rowsOf('chosen'), heldOut: rowsOf('held_out') },
    job.randomShare,
    config.headRidge,
  );
  writeWhole(job.outFile, JSON.stringify(compared));
  return { checkpoint: null, metrics: {}, reward: null };
}

/**
 * Pure part: as many labels of either kind as there are, twenty draws, each head's order of the held-out pairs. The interval of the gain is over held-out pairs, each with its mean over
 * the draws. @param rows which of `states` are of which kind
 */
export function compareDraws(
  states: PairStates,
  rows: { random: readonly number[]; chosen: readonly number[]; heldOut: readonly number[] },
  randomShare: number,
  ridge: number,
): SlicesCompared {
  const labels = Math.min(rows.random.length, Math.floor(rows.chosen.length / (1 - randomShare)));
  const differences = differencesOf(states);
  const right = (drawn: readonly number[]): number[] => {
    const { weight } = fitHead(states, drawn, ridge);
    return rows.heldOut.map((row) => {
      const margin = weight.reduce((sum, w, k) => sum + w * differences[row]![k]!, 0);
      return Number(margin > 0 === states.targets[row]!.softTarget > 0.5);
    });
  };
  const gains = rows.heldOut.map(() => 0);
  const accuracies = { random: [] as number[], chosen: [] as number[] };
  for (let draw = 0; draw < draws; draw++) {
    const random = Random.from(draw, 'slices');
    const shuffled = random.shuffle([...rows.random]);
    const fromRandom = Math.round(randomShare * labels);
    const chosen = [...shuffled.slice(0, fromRandom), ...random.shuffle([...rows.chosen]).slice(0, labels - fromRandom)];
    const [byRandom, byChosen] = [right(shuffled.slice(0, labels)), right(chosen)];
    accuracies.random.push(mean(byRandom));
    accuracies.chosen.push(mean(byChosen));
    for (const [index, hit] of byChosen.entries()) gains[index]! += (hit - byRandom[index]!) / draws;
  }
  const gain = meanEstimate(gains) ?? { value: 0, low: 0, high: 0, n: 0 };
  return { labels, heldOut: rows.heldOut.length, random: mean(accuracies.random), chosen: mean(accuracies.chosen), gain };
}
