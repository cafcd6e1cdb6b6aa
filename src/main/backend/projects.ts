import type { CompareApi } from '#shared/api/compare.ts';
import type { ProjectApi, ProjectCounts, Stations } from '#shared/api/project.ts';
import { PlainError } from '#shared/errors.ts';
import { proportion } from '#shared/statistics.ts';
import { checkpointName } from './checkpoints/views.ts';
import type { BackendContext } from './context.ts';
import { simulatedSetOf } from './demo.ts';
import { waitingFor } from './labeling/next.ts';
import { ownerOf, personNamed, renamePerson } from './people.ts';
import { recentProjects } from './recent.ts';
import { measuredOf } from './runs/measured.ts';

/** Opening and creating belong to the app, which swaps every concern; the rest is here. */
type Here = Omit<ProjectApi, 'open' | 'create' | 'listen'>;

/** What the Project screen and the shell show of an open project, and its people's own settings. */
export function createProjects(context: BackendContext, compare: CompareApi): Here {
  const { store } = context;

  function counts(personId: string): ProjectCounts {
    const prompts = store.prompts.counts();
    const judged = store.judgments.countsByKind();
    return {
      prompts: prompts.train + prompts.held_out,
      heldOutPrompts: prompts.held_out,
      comparisons: store.comparisons.count(),
      judgments: judged.person,
      simulatedJudgments: judged.simulated,
      waiting: waitingFor(store, personId),
      checkpoints: store.checkpoints.count(),
      runs: store.runs.count(),
    };
  }

  function rewardStation(): Stations['reward'] {
    const checkpoint = store.checkpoints.ofKind('reward')[0];
    const run = checkpoint?.runId ? store.runs.get(checkpoint.runId) : undefined;
    const report = checkpoint?.report ?? null;
    return {
      checkpoint: checkpointName(store, checkpoint?.id ?? null),
      run: run ? { id: run.id, name: run.name } : null,
      accuracy: report?.accuracy == null ? null : proportion(report.correct, report.untied),
      heldOutPairs: report?.heldOutPairs ?? 0,
      simulated: run?.simulated ?? false,
    };
  }

  function policyStation(): Stations['policy'] {
    const checkpoint = store.checkpoints.ofKind('policy')[0];
    const run = checkpoint?.runId ? store.runs.get(checkpoint.runId) : undefined;
    // Two of one kind: what is measured on held-out prompts and what a batch says are not taken together.
    const kind = run && measuredOf(store, run, 'held_out/rlhf_reward') !== undefined ? 'held_out' : 'objective';
    const measured = (name: 'rlhf_reward' | 'reward' | 'kl') => (run && measuredOf(store, run, `${kind}/${name}`)) ?? null;
    return {
      checkpoint: checkpointName(store, checkpoint?.id ?? null),
      run: run ? { id: run.id, name: run.name } : null,
      objective: measured('rlhf_reward'),
      reward: measured('reward'),
      kl: measured('kl'),
      heldOut: kind === 'held_out',
    };
  }

  function verdictStation(): Stations['verdict'] {
    const report = compare.list(ownerOf(store).id).find(({ state }) => state === 'done');
    return { comparison: report?.id ?? null, winRate: report?.checkpoints.at(-1)?.winRate ?? null };
  }

  return {
    summary(personId) {
      const set = simulatedSetOf(store);
      const guideline = store.guidelines.current();
      const demo = store.project.get()?.demo === 1;
      return {
        path: store.folder,
        name: store.name,
        demo,
        counts: counts(personId),
        simulatedSet: demo && set ? { available: set.available, on: set.on } : null,
        guideline: guideline ? { version: guideline.version, markdown: guideline.markdown, asks: guideline.asks } : null,
        refusal: null,
      };
    },
    stations() {
      const prompts = store.prompts.counts();
      const judged = store.judgments.countsByKind();
      return {
        prompts: { train: prompts.train, heldOut: prompts.held_out, topics: store.prompts.topics() },
        judgments: { done: judged.person, simulated: judged.simulated, waiting: waitingFor(store, ownerOf(store).id) },
        reward: rewardStation(),
        policy: policyStation(),
        verdict: verdictStation(),
      };
    },
    recent: () => recentProjects(context.dataFolder),
    setSimulated({ on }) {
      const set = simulatedSetOf(store);
      if (!set)
        throw new PlainError('not_found', 'This project has no simulated judgments to switch in; only the demo project brings some.');
      store.people.enable(set.annotator, on);
    },
    guidelines: () =>
      store.guidelines.all().map(({ createdBy, ...guideline }) => ({
        ...guideline,
        createdBy: createdBy === null ? null : personNamed(store, createdBy).name,
      })),
    saveGuideline: (personId, { markdown, asks }) => {
      const before = store.guidelines.current();
      if (before?.markdown === markdown && JSON.stringify(before.asks) === JSON.stringify(asks)) return before.version;
      return store.guidelines.supersede({ markdown, asks, createdAt: Date.now(), createdBy: personId });
    },
    person: (personId) => ({ name: personNamed(store, personId).name }),
    renamePerson: (personId, { name }) => renamePerson(store, personId, name),
    settings: (personId) => store.settings.all(personId),
    saveSetting: (personId, { key, value }) => void store.settings.save(personId, key, value),
  };
}
