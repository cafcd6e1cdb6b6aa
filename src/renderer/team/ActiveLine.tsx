import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ActiveStatus, QueueRulesInput } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { count, formatEstimate, formatNumber } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { activeFinding } from './active-finding.ts';
import { teamQueries } from './queries.ts';
import classes from './team.module.css';

/** Whether choosing beats drawing at random: what was measured on the demo, and on this project's own judgments once there are enough. */
export function ActiveLine({ next }: { next: QueueRulesInput['next'] }) {
  const cache = useQueryClient();
  const { data } = useQuery({
    ...teamQueries.active(),
    refetchInterval: ({ state }) => (state.data?.state === 'measuring' ? 1_000 : false),
  });
  const measure = useMutation({
    mutationFn: () => client.team.measureActive.mutate(),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['team', 'active'] }),
  });
  const problem = measure.error ? sentenceFor(measure.error) : data?.state === 'failed' ? data.sentence : null;
  return (
    <div>
      <p className={classes.small}>
        {data?.result ? ownWords(data.result) : activeFinding[next as keyof typeof activeFinding]}
        {data?.state === 'measuring' && ` ${data.sentence}`}
      </p>
      {problem && (
        <Text size="sm" c="var(--pl-signal)" maw="75ch" mb={8}>
          {problem}
        </Text>
      )}
      <Button variant="default" loading={data?.state === 'measuring' || measure.isPending} onClick={() => measure.mutate()}>
        {data?.result ? 'Measure again' : 'Measure it on this project'}
      </Button>
    </div>
  );
}

/** The verdict on this project, with its interval: choosing beat random, was beaten, or is undecided. */
export function ownWords({ labels, heldOut, random, chosen, gain }: NonNullable<ActiveStatus['result']>): string {
  const verdict =
    gain.low > 0 ? 'Choosing beat drawing at random here' : gain.high < 0 ? 'Drawing at random beat choosing here' : 'Undecided here';
  const points = { value: 100 * gain.value, low: 100 * gain.low, high: 100 * gain.high, n: gain.n };
  return `${verdict}: after ${count(labels)} labels each, a head orders ${formatNumber(chosen, 'percent')} of ${count(heldOut)} held-out pairs as people did, against ${formatNumber(random, 'percent')}: ${formatEstimate(points, 'signed', 1)} points.`;
}
