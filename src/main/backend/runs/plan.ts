import type { z } from 'zod';
import type { planInput, RunPlan } from '#shared/api/runs.ts';
import { isOnline, type PersonKind } from '#shared/domain.ts';
import { sentenceOf } from '#shared/errors.ts';
import { fewObservations } from '#shared/statistics.ts';
import { needsRewardModel } from '#shared/training/rewards.ts';
import type { Store } from '#store/store.ts';
import { chooseRewardModel, chooseStart, startable } from './choose.ts';
import { configureFor, defaultsFor } from './configure.ts';
import { howToSwitchIn, tooLittle, wordsOfKinds } from './data.ts';
import { estimateSeconds, memoryInputOf, memoryOf, memoryWarning } from './estimate.ts';
import { configure } from './methods.ts';

type Counts = RunPlan['data'] & { prompts: number; untied: number };

/** What a new run would do: whether it can start, from what, with how much data, how long. */
export function planOf(store: Store, { method, judgmentsBy, startCheckpoint, config }: z.output<typeof planInput>): RunPlan {
  const data = countsOf(store, isOnline(method) ? null : judgmentsBy);
  const sentences: string[] = [];
  let refusals = 0;
  const refuse = (sentence: string) => {
    refusals++;
    sentences.push(sentence);
  };

  const orRefuse = <Result>(choose: () => Result): Result | null => {
    try {
      return choose();
    } catch (error) {
      refuse(sentenceOf(error));
      return null;
    }
  };
  const start = orRefuse(() => chooseStart(store, { startCheckpoint }));
  const standard = start ? defaultsFor(store, method, start, config) : configure(method, {});
  const run = (start && orRefuse(() => configureFor(store, method, start, config))) ?? standard;
  const rewardModel = start && orRefuse(() => chooseRewardModel(store, { method, startCheckpoint, rewardModel: null }, start, run));
  if (isOnline(run.method)) {
    if (data.train === 0) refuse('There are no prompts to answer. Import prompts on the Data screen, then start.');
    else if (data.heldOut === 0) sentences.push('No prompt is held out, so there are no samples to read while it trains.');
  } else {
    const usable = data.train + data.heldOut;
    const reason = tooLittle({ method: run.method, kinds: judgmentsBy, usable, ...data, howToSwitchIn: howToSwitchIn(store, judgmentsBy) });
    if (reason) refuse(reason);
    else if (data.heldOut < fewObservations && run.method !== 'sft') {
      sentences.push(
        `${data.heldOut} judged pairs are on held-out prompts; under ${fewObservations} no accuracy is reported as a percentage.`,
      );
    }
    if (judgmentsBy.some((kind) => kind !== 'person'))
      sentences.push(`Trains on judgments by ${wordsOfKinds(judgmentsBy)}; the run and its checkpoint say so.`);
  }
  const memory = start && memoryInputOf(store, run, start, rewardModel);
  const warning = memory && memoryWarning(memory);
  if (warning) refuse(warning);
  const rewardModels = store.checkpoints.ofKind('reward');
  const lacksRewardModel = rewardModels.length === 0 && isOnline(run.method) && 'rewards' in run.config && needsRewardModel(run.config);
  const { prompts: _, untied: __, ...shown } = data;
  return {
    ready: refusals === 0,
    sentences,
    startCheckpoints: startable(store).map(({ id, name, parameters }) => ({ id, name, parameters })),
    rewardModels: rewardModels.map(({ id, name, report }) => ({ id, name, accuracy: report?.accuracy ?? null })),
    lacksOnlyRewardModel: lacksRewardModel && refusals === 1,
    data: shown,
    defaults: { ...standard.config },
    estimate: {
      seconds: start ? estimateSeconds(store, run, start.parameters, data.train) : null,
      memoryBytes: memory ? memoryOf(memory) : 0,
    },
  };
}

/** Prompts by split (`kinds` null), or judgments that can train, of each kind of person and of the kinds chosen. */
function countsOf(store: Store, kinds: readonly PersonKind[] | null): Counts {
  const result: Counts = { train: 0, heldOut: 0, byPeople: 0, simulated: 0, byModel: 0, prompts: 0, untied: 0 };
  if (!kinds) {
    const { train, held_out } = store.prompts.counts();
    const judged = store.judgments.countsByKind();
    return { ...result, train, heldOut: held_out, byPeople: judged.person, simulated: judged.simulated, byModel: judged.model };
  }
  const key = { person: 'byPeople', simulated: 'simulated', model: 'byModel' } as const;
  for (const count of store.training.counts()) {
    result[key[count.kind]] += count.judgments;
    if (!kinds.includes(count.kind)) continue;
    result[count.split === 'train' ? 'train' : 'heldOut'] += count.judgments;
    if (count.split !== 'train') continue;
    result.untied += count.untied;
    // Two kinds may have judged the same prompt; one too many only delays the refusal to the start.
    result.prompts += count.prompts;
  }
  return result;
}
