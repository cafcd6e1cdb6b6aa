import { z } from 'zod';
import type { DemonstratedRun, OverOptimizationApi, OverOptimizationDemonstration } from '#shared/api/over-optimization.ts';
import { planInput, type RunsApi, startRun } from '#shared/api/runs.ts';
import type { Estimate } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { type DeskPrompt, intentNames, judge, slotNames } from '#shared/front-desk/index.ts';
import { courseOf, followedPrompts, type JudgedAnswer, pushed } from '#shared/over-optimization.ts';
import { meanEstimate } from '#shared/statistics.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import type { PromptRow } from '#store/queries/prompts.ts';
import type { Store } from '#store/store.ts';
import type { BackendContext } from './context.ts';

/** Under which setting of the project its two runs are written down, the one without β first. */
const place = { owner: 'project', key: 'overOptimizationRuns' };
const kept = z.array(z.string());

/**
 * Over-optimization as something to be watched (Gao et al. 2023): one PPO run without a price on KL and one with it, all else alike. Both answer the same held-out
 * prompts at every step; their gold is read from the stored answers each time, by the grammar that the demo's requests were made from. Nothing else in the app sees it.
 */
export function createOverOptimization({ store }: BackendContext, runs: RunsApi): OverOptimizationApi {
  const isDemo = () => store.project.get()?.demo === 1;
  const { klCoefficient: beta } = ppoConfig.parse({});

  function shown(): DemonstratedRun[] {
    const ids = kept.catch([]).parse(store.settings.get(place.owner, place.key));
    const summaries = new Map(runs.list().map((run) => [run.id, run]));
    return ids.flatMap((id): DemonstratedRun[] => {
      const run = summaries.get(id);
      const row = store.runs.get(id);
      if (!run || !row) return [];
      const answers = judgedAnswers(store, id);
      const { klCoefficient, learningRate } = ppoConfig.parse(row.config);
      return [{ run, beta: klCoefficient, learningRate, course: courseOf(answers), difference: differenceOf(answers) }];
    });
  }

  function view(): OverOptimizationDemonstration {
    const demonstrated = shown();
    const plan = runs.plan(planInput.parse({ method: 'ppo', config: pushed }));
    const going = demonstrated.find(({ run }) => ['queued', 'running', 'stopping'].includes(run.state));
    const refusal = going ? `${going.run.name} is part of it and still under way.` : plan.ready ? null : plan.sentences.join(' ');
    return {
      runs: demonstrated,
      prompts: Math.min(followedPrompts, plan.data.heldOut),
      beta,
      refusal,
      needsRewardModel: plan.rewardModels.length === 0,
      seconds: plan.estimate.seconds === null ? null : 2 * plan.estimate.seconds,
    };
  }

  return {
    get: () => (isDemo() ? view() : null),
    start() {
      if (!isDemo()) throw new PlainError('conflict', 'Only the demo project can show this: no other project’s requests have a judge.');
      const { refusal } = view();
      if (refusal !== null) throw new PlainError('conflict', refusal);
      const begin = (config: object) =>
        runs.start(startRun.parse({ method: 'ppo', samplePrompts: followedPrompts, config: { ...pushed, ...config } }));
      const both = [begin({ klCoefficient: 0 }), begin({})];
      store.settings.save(
        place.owner,
        place.key,
        both.map(({ id }) => id),
      );
      return view();
    },
  };
}

interface Answer extends JudgedAnswer {
  promptId: string;
}

/** Gold of the newest step less that of step 0, which is SFT, over the prompts that both answered. */
function differenceOf(answers: readonly Answer[]): Estimate | null {
  const last = Math.max(0, ...answers.map(({ step }) => step));
  if (last === 0) return null;
  const ofSft = new Map(answers.filter(({ step }) => step === 0).map(({ promptId, gold }) => [promptId, gold]));
  return meanEstimate(
    answers.flatMap(({ step, promptId, gold }) => {
      const before = ofSft.get(promptId);
      return step === last && before !== undefined ? [gold - before] : [];
    }),
  );
}

/** What gold and proxy make of a run's answers; an answer to a prompt that a person brought into the demo has no judge and is left out. */
function judgedAnswers(store: Store, run: string): Answer[] {
  const prompts = new Map<string, DeskPrompt | null>();
  const promptOf = (id: string) => {
    const known = prompts.get(id);
    if (known !== undefined) return known;
    const row = store.prompts.get(id);
    const read = row ? deskPromptOf(row) : null;
    prompts.set(id, read);
    return read;
  };
  return store.samples.ofRun(run).flatMap(({ step, promptId, text, terminated, reward, kl }): Answer[] => {
    const prompt = promptOf(promptId);
    if (!prompt || reward === null || kl === null) return [];
    return [{ promptId, step, kl, proxy: reward, gold: judge(prompt, text, terminated).gold }];
  });
}

const made = z.object({ topic: z.enum(intentNames), slots: z.partialRecord(z.enum(slotNames), z.string()).nullable() });

/** A demo request as the grammar made it; null for a prompt that it did not make. */
function deskPromptOf(row: PromptRow): DeskPrompt | null {
  const read = made.safeParse(row);
  if (row.source !== 'demo' || !read.success) return null;
  return { text: row.messages[0]?.content ?? '', split: row.split, intent: read.data.topic, values: read.data.slots ?? {} };
}
