import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Metrics } from '#shared/metrics.ts';
import type { OnlineConfig } from '#shared/training/online.ts';
import { Random } from '../nn/random.ts';
import { type Checkpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { syncFolder } from '../weights/files.ts';
import { answerKls } from './answer-kl.ts';
import { episodeScore } from './maths/advantages.ts';
import { mean, variance } from './maths/statistics.ts';
import { collectSamples, type PolicyModels } from './rollout.ts';

/**
 * What the policy is worth on prompts that it does not learn from: reward − β·KL over one answer each, with the same seeds every time. β is the setting's, also where it
 * adapts, and KL is over whole distributions (`answerKls`), so that measurements can be compared. Where the reward model has several members, an answer is worth their
 * lower bound, mean − deviation: what only some of them believe in is no progress.
 * → metrics, and what each answer is worth
 */
export async function measureHeldOut(
  models: PolicyModels,
  prompts: readonly { id: string; ids: number[] }[],
  config: OnlineConfig & { klCoefficient: number; seed: number },
  breathe: () => Promise<void>,
): Promise<{ values: Metrics; worths: number[] }> {
  const questions = prompts.map(({ id, ids }) => ({ id, ids, generator: Random.from(config.seed, 'held out', id) }));
  const { samples } = await collectSamples(models, questions, config, breathe);
  const model = config.rewards.find(({ kind }) => kind === 'model');
  const doubt = model?.kind === 'model' && model.caution === 0 ? Math.abs(model.weight) : 0; // else the reward is the bound already
  const rewards = samples.map(({ reward, disagreement, terminated }) =>
    episodeScore(reward - doubt * (disagreement ?? 0), terminated, config),
  );
  const kls = await answerKls(models, samples, config.temperature, models.tokenizer.padId, breathe);
  const worths = rewards.map((reward, i) => reward - config.klCoefficient * kls[i]!);
  const values = { 'held_out/reward': mean(rewards), 'held_out/kl': mean(kls), 'held_out/rlhf_reward': mean(worths) };
  return { values, worths };
}

/** The state that is kept, and the highest measurement so far, of which later ones may fall short by chance. */
export const bestState = z.object({
  step: z.int(),
  worth: z.number(),
  highest: z.object({ step: z.int(), worths: z.array(z.number()) }),
});
export type BestState = z.infer<typeof bestState>;

/**
 * The one-standard-error rule (Breiman et al. 1984): a later state is kept unless the highest so far is better by more than the standard error of their difference on the
 * same prompts. What is seen of a policy scatters, and of two that cannot be told apart the longer trained one is taken; how far it may drift is bounded by that error.
 * → null where `before` stays
 */
export function betterState(before: BestState | null, step: number, worths: number[]): BestState | null {
  const worth = mean(worths);
  if (before === null || worth > mean(before.highest.worths)) return { step, worth, highest: { step, worths } };
  const behind = before.highest.worths.map((highest, i) => highest - worths[i]!);
  const error = behind.length > 1 ? Math.sqrt(variance(behind, 1) / behind.length) : 0;
  return mean(behind) <= error ? { step, worth, highest: before.highest } : null;
}

/** The held-out prompts that are measured: always the same ones, whatever the run's seed, so that runs can be read side by side. */
export function measuredPrompts<Prompt>(prompts: readonly Prompt[], count: number): Prompt[] {
  return Random.from(0, 'held-out prompts').shuffle(prompts).slice(0, count);
}

/**
 * The best policy so far, on disk: `best/step-N` in the run's folder, a whole checkpoint. A newer one is written beside the older, which goes only once a saved state names
 * the newer: whenever the process dies, what the saved state names is there.
 */
export class BestPolicy {
  readonly #folder: string;

  constructor(runFolder: string) {
    this.#folder = join(runFolder, 'best');
  }

  /** @throws PlainError `no_space` */
  write(step: number, checkpoint: Checkpoint): void {
    mkdirSync(this.#folder, { recursive: true });
    saveCheckpoint(this.#at(step), checkpoint);
  }

  /** Removes all but that of `step`. */
  keepOnly(step: number): void {
    if (!existsSync(this.#folder)) return;
    for (const name of readdirSync(this.#folder)) {
      if (join(this.#folder, name) !== this.#at(step)) rmSync(join(this.#folder, name), { recursive: true, force: true });
    }
  }

  /** Moves that of `step` to `target`; one that was moved there before, by a process that died since, stays. */
  moveTo(target: string, step: number): void {
    if (!existsSync(this.#at(step))) {
      if (existsSync(target)) return;
      throw new Error(`The best policy, of step ${step}, is not in ${this.#folder}.`);
    }
    rmSync(target, { recursive: true, force: true });
    renameSync(this.#at(step), target);
    syncFolder(join(target, '..'));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #at(step: number): string {
    return join(this.#folder, `step-${step}`);
  }
}
