import { useElementSize } from '@mantine/hooks';
import type { RunDetail } from '#shared/api/runs.ts';
import { isOnline } from '#shared/domain.ts';
import { RewardKlChart } from '../charts/RewardKlChart.tsx';
import { SectionTitle } from '../ui/Page.tsx';
import { frontierPoints, onFrontier } from './frontier.ts';
import type { OverlaidRun } from './overlay-chart.ts';

/** What each of the overlaid runs won in reward over how far it went for it. Nothing for methods that have no reward while they train. */
export function Frontier({ runs, series }: { runs: RunDetail[]; series: OverlaidRun[] }) {
  const { ref, width } = useElementSize();
  if (!runs[0] || !isOnline(runs[0].method) || new Set(runs.map(({ rewardModel }) => rewardModel?.id)).size > 1) return null;
  const points = frontierPoints(
    runs.flatMap(({ id, name, config, data, keptStep }) => {
      const own = series.find((one) => one.id === id)?.series;
      return own
        ? [{ name, config, heldOut: data.heldOut, measured: (metric) => own.at(metric, keptStep) ?? own.latest(metric) ?? undefined }]
        : [];
    }),
  );
  if (points.length < 2) return null;
  const best = onFrontier(points);
  return (
    <section ref={ref} aria-label="Reward against KL" style={{ marginBottom: 24 }}>
      <SectionTitle title="Reward against KL">reward up, nats a response across; whiskers are 95% of the mean</SectionTitle>
      {width > 0 && <RewardKlChart points={points} width={width} />}
      <p style={{ fontSize: 13, lineHeight: '20px', margin: '4px 0 0' }}>
        {best.length === points.length
          ? 'Each buys more reward with more KL: which is best is a matter of how far the policy may go.'
          : `On the frontier: ${best.map(({ name }) => name).join(', ')}. ${points.length - best.length === 1 ? 'The other has' : 'The others have'} less reward at no less KL.`}
      </p>
    </section>
  );
}
