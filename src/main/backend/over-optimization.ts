import { z } from 'zod';
import type { DemonstratedRun, OverOptimizationApi, OverOptimizationDemonstration } from '#shared/api/over-optimization.ts';
import { planInput, type RunSummary, type RunsApi, startRun } from '#shared/api/runs.ts';
import type { PersonKind } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { courseOf, followedPrompts, pushed } from '#shared/over-optimization.ts';
import { ppoConfig } from '#shared/training/ppo.ts';
import type { BackendContext } from './context.ts';
import { simulatedName } from './demo.ts';
import { differenceOf, judgedAnswers } from './over-optimization-answers.ts';

/** Under which settings of the project its runs are written down: the two that are pushed, the one without β first, and the reward model's before them. */
const places = { runs: 'overOptimizationRuns', reward: 'overOptimizationReward' } as const;
const keptRuns = z.array(z.string()).catch([]);
const keptReward = z.string().nullable().catch(null);

const goesOn = ({ state }: RunSummary) => state === 'queued' || state === 'running' || state === 'stopping';

/**
 * Over-optimization as something to be watched (Gao et al. 2023): one PPO run without a price on KL and one with it, all else alike, after a reward model where the project
 * has none. Both answer the same held-out prompts at every step; their gold is read from the stored answers each time, by the grammar that the demo's requests were made
 * from. Nothing else in the app sees it.
 */
export function createOverOptimization({ store, onClose }: BackendContext, runs: RunsApi): OverOptimizationApi {
  const isDemo = () => store.project.get()?.demo === 1;
  const { klCoefficient: beta } = ppoConfig.parse({});
  const read = (key: string) => store.settings.get('project', key);
  const write = (key: string, value: unknown) => store.settings.save('project', key, value);

  // However the reward model's run came to its end, at once or resumed another day: both runs follow it, once.
  const stopListening = runs.listen((event) => {
    if (event.kind !== 'changed' || event.run !== keptReward.parse(read(places.reward))) return;
    const rewardModel = store.runs.get(event.run);
    if (rewardModel?.state !== 'done' || keptRuns.parse(read(places.runs)).length > 0) return;
    try {
      push(rewardModel.resultCheckpointId);
    } catch (error) {
      if (!(error instanceof PlainError)) throw error;
      // Nothing waits for it any more: whoever presses the button again, now with a reward model, is told the reason.
      write(places.reward, null);
    }
  });
  onClose(stopListening);

  /** Queues both runs. */
  function push(rewardModel: string | null): void {
    const begin = (config: object) =>
      runs.start(startRun.parse({ method: 'ppo', rewardModel, samplePrompts: followedPrompts, config: { ...pushed, ...config } }));
    const both = [begin({ klCoefficient: 0 }), begin({})];
    write(
      places.runs,
      both.map(({ id }) => id),
    );
  }

  const simulated = () => store.people.named('simulated', simulatedName);

  /** What a reward model would learn from: the demo's simulated judgments, whether or not they are switched in, else whatever was judged. */
  function lessons(): { judgments: number; by: PersonKind[]; refusal: string | null } {
    const annotator = simulated();
    const available = annotator ? store.judgments.countOfPerson(annotator.id) : 0;
    if (available > 0) return { judgments: available, by: ['simulated'], refusal: null };
    const { byPeople, byModel, simulated: imported } = runs.plan(planInput.parse({ method: 'reward' })).data;
    const counts = { person: byPeople, simulated: imported, model: byModel };
    const by = (['person', 'simulated', 'model'] as const).filter((kind) => counts[kind] > 0);
    const plan = runs.plan(planInput.parse({ method: 'reward', ...(by.length > 0 ? { judgmentsBy: by } : {}) }));
    return { judgments: plan.data.train + plan.data.heldOut, by, refusal: plan.ready ? null : plan.sentences.join(' ') };
  }

  /** Queues the reward model's run. The simulated judgments are switched in for as long as it takes to write down what it learns from, and left as they were. */
  function learn(by: PersonKind[]): void {
    const annotator = by.includes('simulated') ? simulated() : undefined;
    const switchedOut = annotator?.enabled === 0;
    if (annotator && switchedOut) store.people.enable(annotator.id, true);
    try {
      const { id } = runs.start(startRun.parse({ method: 'reward', judgmentsBy: by }));
      write(places.reward, id);
      write(places.runs, []);
    } finally {
      if (annotator && switchedOut) store.people.enable(annotator.id, false);
    }
  }

  function shown(): DemonstratedRun[] {
    const summaries = new Map(runs.list().map((run) => [run.id, run]));
    return keptRuns.parse(read(places.runs)).flatMap((id): DemonstratedRun[] => {
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
    const reward = keptReward.parse(read(places.reward));
    const rewardRun = runs.list().find(({ id }) => id === reward) ?? null;
    const plan = runs.plan(planInput.parse({ method: 'ppo', config: pushed }));
    const going = [rewardRun, ...demonstrated.map(({ run }) => run)].find((run) => run && goesOn(run));
    const first = plan.lacksOnlyRewardModel ? lessons() : null;
    const lacking = first ? first.refusal : plan.ready ? null : plan.sentences.join(' ');
    return {
      rewardRun,
      runs: demonstrated,
      prompts: Math.min(followedPrompts, plan.data.heldOut),
      beta,
      refusal: going ? `${going.name} is part of it and still under way.` : lacking,
      trainsFirst: first && { judgments: first.judgments, by: first.by },
      seconds: plan.estimate.seconds === null ? null : 2 * plan.estimate.seconds,
    };
  }

  return {
    get: () => (isDemo() ? view() : null),
    start() {
      if (!isDemo()) throw new PlainError('conflict', 'Only the demo project can show this: no other project’s requests have a judge.');
      const { refusal, trainsFirst } = view();
      if (refusal !== null) throw new PlainError('conflict', refusal);
      if (trainsFirst) learn(trainsFirst.by);
      else {
        write(places.reward, null);
        push(null);
      }
      return view();
    },
  };
}
