import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics } from '#shared/metrics.ts';
import type { OnlineConfig } from '#shared/training/online.ts';
import { Random } from '../nn/random.ts';
import { type Checkpoint, saveCheckpoint } from '../weights/checkpoint.ts';
import { syncFolder } from '../weights/files.ts';
import { episodeScore } from './maths/advantages.ts';
import { sequenceKl } from './maths/kl.ts';
import { mean } from './maths/statistics.ts';
import { collectSamples, type PolicyModels } from './rollout.ts';

/**
 * What the policy is worth on prompts that it does not learn from: reward − β·KL over one answer each, with the same seeds every time. β is the setting's, also where it
 * adapts, and KL is k1, so that measurements can be compared. Where the reward model has several members, an answer is worth their lower bound, mean − deviation: what
 * only some of them believe in is no progress.
 */
export async function measureHeldOut(
  models: PolicyModels,
  prompts: readonly { id: string; ids: number[] }[],
  config: OnlineConfig & { klCoefficient: number; seed: number },
  breathe: () => Promise<void>,
): Promise<{ values: Metrics; worth: number }> {
  const questions = prompts.map(({ id, ids }) => ({ id, ids, generator: Random.from(config.seed, 'held out', id) }));
  const { samples } = await collectSamples(models, questions, config, breathe);
  const model = config.rewards.find(({ kind }) => kind === 'model');
  const doubt = model?.kind === 'model' && model.caution === 0 ? Math.abs(model.weight) : 0; // else the reward is the bound already
  const reward = mean(
    samples.map(({ reward, disagreement, terminated }) => episodeScore(reward - doubt * (disagreement ?? 0), terminated, config)),
  );
  const kl = mean(samples.map(({ logProbs, referenceLogProbs }) => sequenceKl('k1', logProbs, referenceLogProbs)));
  const worth = reward - config.klCoefficient * kl;
  return { values: { 'held_out/reward': reward, 'held_out/kl': kl, 'held_out/rlhf_reward': worth }, worth };
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
  }

  #at(step: number): string {
    return join(this.#folder, `step-${step}`);
  }
}
