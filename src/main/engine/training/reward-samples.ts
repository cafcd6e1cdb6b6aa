import type { JobOf } from '#shared/jobs.ts';
import { Random } from '../nn/random.ts';
import { generate } from '../sampling/generate.ts';
import { CheckpointLoader } from '../weights/checkpoint.ts';
import type { TokenSequence } from './batch.ts';
import type { JobContext } from './context.ts';
import type { TokenPair } from './reward-pairs.ts';

const longestSample = 64;

/** With fewer finished samples than this, mean and deviation would say little. */
const fewestSamples = 16;

/**
 * The answers whose rewards are given mean 0 and deviation 1: samples of the start checkpoint, which PPO will begin from, on training prompts.
 * Only finished ones count, since the others are scored by a setting; where too few finish, the judged responses stand in.
 */
export async function samplesToNormalize(
  { config, startCheckpoint, bases }: JobOf<'reward'>,
  pairs: readonly TokenPair[],
  context: JobContext,
): Promise<TokenSequence[]> {
  const judged = pairs.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  if (config.normalizationSamples < fewestSamples) return judged;
  // The decoder in training has become the reward model, so the start is read once more.
  const loader = new CheckpointLoader(bases);
  const start = loader.load(startCheckpoint);
  const { decoder, tokenizer } = start;
  const room = decoder.config.positions - 1;
  const chosenPairs = Random.from(config.seed, 'normalization prompts').shuffle(pairs);
  const prompts = Array.from({ length: config.normalizationSamples }, (_, i) => chosenPairs[i % chosenPairs.length]!.chosen.prompt).map(
    (prompt) => prompt.slice(-Math.max(1, room - longestSample)),
  );
  try {
    const answers = await generate(
      decoder,
      prompts.map((ids, i) => ({ ids, generator: Random.from(config.seed, 'normalization', i) })),
      { temperature: 1, topK: 0, topP: 1, maxNewTokens: longestSample, stopIds: tokenizer.stopIds, onStep: context.breathe },
    );
    const finished = answers.flatMap(({ ids, terminated }, i) => (terminated ? [{ prompt: prompts[i]!, response: ids }] : []));
    return finished.length < fewestSamples ? judged : finished;
  } finally {
    loader.release(start);
  }
}
