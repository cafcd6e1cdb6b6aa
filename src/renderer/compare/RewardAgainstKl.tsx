import { useElementSize } from '@mantine/hooks';
import type { ComparisonReport } from '#shared/api/compare.ts';
import { RewardKlChart, type RewardKlPoint } from '../charts/RewardKlChart.tsx';
import { MathSign } from '../ui/MathSign.tsx';
import classes from './compare.module.css';

/** What each checkpoint of the report won, and how far it went for it. Nothing where no reward model scored. */
export function RewardAgainstKl({ report }: { report: ComparisonReport }) {
  const { ref, width } = useElementSize();
  const points = report.checkpoints.flatMap(({ checkpoint, reward, kl }, index): RewardKlPoint[] =>
    reward ? [{ name: checkpoint.name, reward, kl: index === 0 ? 0 : (kl?.value ?? 0), reference: index === 0 }] : [],
  );
  if (points.length < 2) return null;
  return (
    <section ref={ref} aria-label="Reward against KL">
      <h2 className={classes.sectionTitle}>
        Reward against KL{' '}
        <span>
          mean <MathSign tex="r_\varphi" /> up, nats a response across; the reward model’s word, not people’s
        </span>
      </h2>
      {width > 0 && <RewardKlChart points={points} width={width} />}
    </section>
  );
}
