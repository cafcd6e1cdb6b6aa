import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { startComparison } from '#shared/api/compare.ts';
import type { Split } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { Job, PromptRow } from '#shared/jobs.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { basesOf } from '../checkpoints/bases.ts';
import { checkpointFolder } from '../checkpoints/register.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { draw } from '../runs/draw.ts';
import { writeJsonLines } from '../runs/lines-file.ts';

/** A report as it was started: the request, complete. */
export const reportConfig = startComparison;
export type ReportConfig = z.output<typeof reportConfig>;

export interface Prepared {
  config: ReportConfig;
  checkpoints: CheckpointRow[];
  prompts: PromptRow[];
  rewardModel: CheckpointRow | null;
}

/**
 * Looks up what a comparison needs. The same seed draws the same prompts.
 * @throws PlainError bad_input or not_found when checkpoints cannot be compared or there are no prompts
 */
export function prepareComparison(store: Store, input: ReportConfig): Prepared {
  const checkpoints = input.checkpoints.map((id) => requireCheckpoint(store, id));
  for (const checkpoint of checkpoints) {
    if (checkpoint.kind === 'reward') {
      throw new PlainError(
        'bad_input',
        `${checkpoint.name} is a reward model; it writes no answers. Compare SFT checkpoints and policies.`,
      );
    }
    if (checkpoint.tokenizerHash !== checkpoints[0]?.tokenizerHash) {
      throw new PlainError(
        'bad_input',
        `${checkpoint.name} and ${checkpoints[0]?.name} cut text into different tokens, so no KL can be measured between them. Compare checkpoints of one family.`,
      );
    }
  }
  if (new Set(checkpoints.map(({ id }) => id)).size < checkpoints.length) {
    throw new PlainError('bad_input', 'A checkpoint was chosen twice. Choose different ones.');
  }
  const rewardModel = chooseRewardModel(store, input.rewardModel, checkpoints[0]?.tokenizerHash ?? null);
  const splits: Split[] = input.split === 'all' ? ['held_out', 'train'] : [input.split];
  const prompts = draw(
    splits.flatMap((split) => store.prompts.ofSplit(split)).map(({ id, messages }) => ({ id, prompt: messages })),
    input.prompts,
    input.seed,
  );
  if (prompts.length === 0) {
    const which = input.split === 'held_out' ? 'held-out prompts' : 'prompts';
    throw new PlainError('bad_input', `There are no ${which} to answer. Import prompts on the Data screen, or choose another split.`);
  }
  return { config: { ...input, prompts: prompts.length, rewardModel: rewardModel?.id ?? null }, checkpoints, prompts, rewardModel };
}

function chooseRewardModel(store: Store, asked: string | null, tokenizerHash: string | null): CheckpointRow | null {
  if (asked === null) return store.checkpoints.ofKind('reward').find((model) => model.tokenizerHash === tokenizerHash) ?? null;
  const model = requireCheckpoint(store, asked);
  if (model.kind !== 'reward') throw new PlainError('bad_input', `${model.name} is not a reward model. Choose one, or none.`);
  if (model.tokenizerHash !== tokenizerHash) {
    throw new PlainError(
      'bad_input',
      `${model.name} cuts text into other tokens than these checkpoints, so it cannot score them. Choose another.`,
    );
  }
  return model;
}

/**
 * Writes the prompts to the report's folder and says what the engine is to do.
 * @throws PlainError no_space
 */
export function answerJob(
  store: Store,
  folder: string,
  { config, checkpoints, prompts, rewardModel }: Prepared,
): Extract<Job, { kind: 'answer' }> {
  const promptsFile = join(folder, 'prompts.jsonl');
  try {
    mkdirSync(folder, { recursive: true });
    writeJsonLines(promptsFile, prompts);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new PlainError(
      'no_space',
      `The disk that holds ${store.folder} is full, so nothing was compared. Free some space and start again.`,
      { cause: error },
    );
  }
  const [first] = checkpoints;
  return {
    kind: 'answer',
    checkpoints: checkpoints.map((checkpoint) => checkpointFolder(store, checkpoint)),
    promptsFile,
    outFile: join(folder, 'answers.jsonl'),
    samplesPerPrompt: 1,
    sampling: {
      ...{ temperature: config.temperature, topK: 0, topP: 1, maxNewTokens: config.maxNewTokens, seed: config.seed },
      ...(config.decodeWeights && { decodeWeights: config.decodeWeights }),
    },
    rewardModel: rewardModel && checkpointFolder(store, rewardModel),
    reference: first ? checkpointFolder(store, first) : null,
    bases: basesOf(store, [...checkpoints, rewardModel]),
  };
}
