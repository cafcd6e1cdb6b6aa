import type { z } from 'zod';
import type { startRun } from '#shared/api/runs.ts';
import { isOnline } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { needsRewardModel } from '#shared/training/rewards.ts';
import type { CheckpointRow } from '#store/queries/checkpoints.ts';
import type { Store } from '#store/store.ts';
import { requireCheckpoint } from '../checkpoints/views.ts';
import { type Configured, methodWords, startKinds } from './methods.ts';

type Choice = Pick<z.output<typeof startRun>, 'method' | 'startCheckpoint' | 'rewardModel'>;

/** What training may start from: the usual choice first, the newest of a kind before older ones. */
export function startable(store: Store): CheckpointRow[] {
  return startKinds.flatMap((kind) => store.checkpoints.ofKind(kind));
}

/**
 * The checkpoint that a run starts from: the one asked for, else the project's SFT checkpoint.
 * @throws PlainError not_found or bad_input when there is none, or it writes no answers
 */
export function chooseStart(store: Store, { startCheckpoint }: Pick<Choice, 'startCheckpoint'>): CheckpointRow {
  const checkpoint = startCheckpoint === null ? startable(store)[0] : requireCheckpoint(store, startCheckpoint);
  if (!checkpoint) {
    throw new PlainError(
      'not_found',
      'This project has no model to train. Import one on the Models screen, or by “plumbline model import PATH --project P”; the demo project brings one.',
    );
  }
  if (checkpoint.kind === 'reward') {
    throw new PlainError(
      'bad_input',
      `${checkpoint.name} is a reward model; it writes no answers. Start from an SFT checkpoint or a policy.`,
    );
  }
  return checkpoint;
}

/**
 * The reward model that a run from `checkpoint` is scored by: the one asked for, else the newest. Null where nothing is scored, or by rule alone.
 * @throws PlainError not_found or bad_input when there is none, or it does not fit the checkpoint
 */
export function chooseRewardModel(store: Store, choice: Choice, checkpoint: CheckpointRow, { config }: Configured): CheckpointRow | null {
  if (!isOnline(choice.method) || ('rewards' in config && !needsRewardModel(config))) return null;

  const rewardModel = choice.rewardModel === null ? store.checkpoints.ofKind('reward')[0] : requireCheckpoint(store, choice.rewardModel);
  if (!rewardModel)
    throw new PlainError(
      'not_found',
      `${methodWords[choice.method]} needs a reward model, and this project has none yet. Train one from your judgments first, or pay for answers by rules alone (the setting rewards).`,
    );
  if (rewardModel.kind !== 'reward') {
    throw new PlainError('bad_input', `${rewardModel.name} is not a reward model. Choose one, or train one from your judgments.`);
  }
  if (rewardModel.tokenizerHash !== checkpoint.tokenizerHash) {
    throw new PlainError(
      'bad_input',
      `${rewardModel.name} and ${checkpoint.name} cut text into different tokens, so one cannot score the other. Train a reward model that starts from ${checkpoint.name}.`,
    );
  }
  return rewardModel;
}
