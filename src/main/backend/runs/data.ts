import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { startRun } from '#shared/api/runs.ts';
import { isOnline, type PersonKind, type Split } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import type { BothBadRow, PairRow, PromptRow, SftRow } from '#shared/jobs.ts';
import type { TrainingHead } from '#store/queries/training.ts';
import type { Store } from '#store/store.ts';
import { simulatedSetOf } from '../demo.ts';
import { draw } from './draw.ts';
import type { Configured } from './methods.ts';
import { bothBadOf, demonstrationsOf, pairsOf } from './pairs.ts';

/** What a run learns from, split by prompt, with the exact ids it rests on. */
export interface RunRows {
  train: (PairRow | SftRow | PromptRow)[];
  heldOut: (PairRow | SftRow | PromptRow)[];
  /** Responses of pairs that were judged both bad, for a reward model that takes them. */
  bothBad?: BothBadRow[];
  /** Ids of judgments, or of prompts where a run is online. */
  ids: { train: string[]; heldOut: string[] };
  kinds: PersonKind[];
  /** Ids among the held-out prompts that are answered again and again while a policy is aligned. */
  samplePromptIds: string[];
}

type Choice = Pick<z.output<typeof startRun>, 'judgmentsBy' | 'limit' | 'samplePrompts'>;

/**
 * The rows of a run. Judgments: the latest of each chain, by the kinds of people chosen, never a study's; split as their prompts are.
 * @throws PlainError bad_input when there is nothing to learn from, saying what to do
 */
export function rowsOf(store: Store, run: Configured, choice: Choice): RunRows {
  return isOnline(run.method) ? promptsOf(store, run.config.seed, choice) : judgedRows(store, run, run.method, choice);
}

function promptsOf(store: Store, seed: number, { limit, samplePrompts }: Choice): RunRows {
  const rows = (split: Split): PromptRow[] => store.prompts.ofSplit(split).map(({ id, messages }) => ({ id, prompt: messages }));
  const train = draw(rows('train'), limit, seed);
  const heldOut = rows('held_out');
  if (train.length === 0)
    throw new PlainError('bad_input', 'There are no prompts to answer. Import prompts on the Data screen, then start again.');
  return {
    train,
    heldOut,
    ids: { train: train.map(({ id }) => id), heldOut: heldOut.map(({ id }) => id) },
    kinds: [],
    // Always the same ones, whatever the run's seed, so that runs can be read side by side.
    samplePromptIds: draw(heldOut, samplePrompts, 0).map(({ id }) => id),
  };
}

/** What learns from judgments, and not from answers of its own. */
type FromJudgments = 'sft' | 'reward' | 'dpo';

function judgedRows(store: Store, run: Configured, method: FromJudgments, { judgmentsBy, limit, samplePrompts }: Choice): RunRows {
  const usable = store.training.heads(judgmentsBy);
  const train = draw(
    usable.filter(({ split }) => split === 'train'),
    limit,
    run.config.seed,
  );
  const heldOut = usable.filter(({ split }) => split === 'held_out');
  const rows = (heads: TrainingHead[]): (PairRow | SftRow)[] =>
    method === 'sft'
      ? demonstrationsOf(heads.map(store.training.withTexts)).map(({ id, prompt, response }) => ({ id, prompt, response }))
      : heads.flatMap((head) => pairsOf(store.training.withTexts(head)));
  const trainRows = rows(train);
  refuseTooLittle(store, method, judgmentsBy, usable, train, trainRows);
  const bad =
    run.method === 'reward' && run.config.bothBad === 'negative'
      ? store.training.bothBad(judgmentsBy).filter(({ split }) => split === 'train')
      : [];
  const judgedPrompts = [...new Set(heldOut.map(({ promptId }) => promptId))].map((id) => ({ id }));
  return {
    train: trainRows,
    heldOut: rows(heldOut),
    bothBad: bad.map(store.training.withTexts).map(bothBadOf),
    ids: { train: [...train, ...bad].map(({ id }) => id), heldOut: heldOut.map(({ id }) => id) },
    kinds: [...new Set([...train, ...heldOut, ...bad].map(({ kind }) => kind))].sort(),
    samplePromptIds: method === 'dpo' ? draw(judgedPrompts, samplePrompts, 0).map(({ id }) => id) : [],
  };
}

const kindWords: Record<PersonKind, string> = { person: 'people', simulated: 'the simulated annotator', model: 'a model' };

export function wordsOfKinds(kinds: readonly PersonKind[]): string {
  return kinds.map((kind) => kindWords[kind]).join(' and ');
}

/** How the demo's simulated judgments are switched in, where some were asked for and that would bring them; else null. */
export function howToSwitchIn(store: Store, kinds: readonly PersonKind[]): string | null {
  const set = kinds.includes('simulated') ? simulatedSetOf(store) : null;
  if (!set || set.on || set.available === 0) return null;
  return `The ${set.available} simulated judgments of ${store.name} are switched out. Switch them in on the Project screen, or by \`plumbline project set ${JSON.stringify(store.folder)} --simulated on\`.`;
}

function refuseTooLittle(
  store: Store,
  method: FromJudgments,
  kinds: readonly PersonKind[],
  usable: TrainingHead[],
  train: TrainingHead[],
  rows: readonly (PairRow | SftRow)[],
): void {
  const reason = tooLittle({
    method,
    kinds,
    usable: usable.length,
    train: train.length,
    prompts: new Set(train.map(({ promptId }) => promptId)).size,
    untied: rows.filter((row) => !('softTarget' in row) || row.softTarget !== 0.5).length,
    howToSwitchIn: howToSwitchIn(store, kinds),
  });
  if (reason) throw new PlainError('bad_input', reason);
}

/** Why these judgments cannot train, and what to do; null when they can. */
export function tooLittle(found: {
  method: FromJudgments;
  kinds: readonly PersonKind[];
  usable: number;
  train: number;
  prompts: number;
  untied: number;
  /** What to do about simulated judgments that are there and count nowhere; null when there are none such. */
  howToSwitchIn: string | null;
}): string | null {
  const by = wordsOfKinds(found.kinds);
  if (found.usable === 0)
    return (
      found.howToSwitchIn ??
      `There are no judgments by ${by} yet. Judge some pairs on the Label screen, or choose whose judgments to train on.`
    );
  if (found.train === 0) {
    return `All judgments by ${by} (${found.usable}) are on held-out prompts, which never train. Judge more pairs on the Label screen, then start again.`;
  }
  if (found.untied === 0)
    return `All judgments by ${by} (${found.train}) are ties, from which nothing can be learned. Judge more pairs, then start again.`;
  if (found.method === 'reward' && found.prompts < 2) {
    return `${found.train === 1 ? 'The only judgment is' : `All ${found.train} judgments are`} on one prompt; a reward model would learn that prompt by heart. Judge pairs of at least one more prompt, or choose whose judgments to train on.`;
  }
  return null;
}

/** Hash of the exact ids that a run was trained and measured on, whatever their order. */
export function hashOfIds(ids: RunRows['ids']): string {
  const digest = createHash('sha256');
  for (const split of ['train', 'heldOut'] as const) digest.update(`${split}\n${ids[split].toSorted().join('\n')}\n`);
  return digest.digest('hex');
}
