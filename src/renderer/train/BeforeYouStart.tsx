import { useQuery } from '@tanstack/react-query';
import type { RunPlan } from '#shared/api/runs.ts';
import { queries } from '../app/queries.ts';
import { Triangle } from '../ui/Triangle.tsx';
import classes from './new-run.module.css';
import { rewardWarning } from './reward-warning.ts';

interface BeforeYouStartProps {
  plan: RunPlan;
  /** The reward model that would score, for PPO. */
  rewardModel: { id: string; name: string } | undefined;
}

/** What to know before the run starts, or why it cannot. */
export function BeforeYouStart({ plan, rewardModel }: BeforeYouStartProps) {
  const { data: checkpoints } = useQuery({ ...queries.checkpoints(), enabled: rewardModel !== undefined });
  const source = checkpoints?.find((checkpoint) => checkpoint.id === rewardModel?.id)?.run;
  const { data: run } = useQuery({ ...queries.run(source?.id ?? ''), enabled: source !== undefined && source !== null });
  const warning = rewardModel && run?.report ? rewardWarning(rewardModel.name, run.report) : null;
  const sentences = warning === null || !plan.ready ? plan.sentences : [warning, ...plan.sentences];
  if (sentences.length === 0) return null;
  return (
    <section className={classes.side}>
      <h2 className={classes.sideTitle}>{plan.ready ? 'Before you start' : 'What is missing'}</h2>
      {sentences.map((sentence) => (
        <p key={sentence} className={classes.sentence}>
          {(!plan.ready || sentence === warning) && <Triangle size={10} />} {sentence}
        </p>
      ))}
    </section>
  );
}
