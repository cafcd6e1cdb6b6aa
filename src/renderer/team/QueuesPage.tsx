import { Button, NumberInput, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueueStatus } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { teamQueries } from './queries.ts';
import { RemovedList } from './RemovedList.tsx';
import { RulesForm } from './RulesForm.tsx';
import { TeamNav } from './TeamNav.tsx';
import classes from './team.module.css';

/** Who is given what: how many see a pair, which is next, the checks among them, and what was taken out. */
export function QueuesPage() {
  const query = useQuery({
    ...teamQueries.queues(),
    refetchInterval: ({ state }) => (state.data?.ordering.state === 'scoring' ? 1_000 : 15_000),
  });
  if (query.error && !query.data) {
    return (
      <Page name="Who gets what">
        <TeamNav />
        <ErrorState error={query.error} title="The queues could not be read" onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  if (!query.data) {
    return (
      <Page name="Who gets what">
        <TeamNav />
        <Loading rows={6} words="Reading the queues" />
      </Page>
    );
  }
  const status = query.data;
  return (
    <Page name="Who gets what">
      <TeamNav />
      <PageTitle title={titleOf(status)}>{wordsOf(status)}</PageTitle>
      <div className={classes.blocks}>
        <RulesForm status={status} key={JSON.stringify(status.rules)} />
        <div>
          <Checks status={status} />
          <RemovedList />
        </div>
      </div>
    </Page>
  );
}

function titleOf({ fresh, moreLooks }: QueueStatus): string {
  if (fresh === 0 && moreLooks === 0) return 'Nothing waits to be judged';
  return moreLooks === 0
    ? `${counted(fresh, 'pair')} nobody has seen`
    : `${counted(fresh, 'pair')} nobody has seen, ${counted(moreLooks, 'more look')} wanted`;
}

function wordsOf({ working, disputes, calibrating, ordering }: QueueStatus): string {
  const parts = [working === 1 ? 'You work alone.' : `${count(working)} people can judge.`];
  if (disputes.open > 0)
    parts.push(`${counted(disputes.open, 'pair')} on which people differ ${disputes.open === 1 ? 'waits' : 'wait'} for one more.`);
  if (calibrating.length > 0)
    parts.push(`In the calibration round: ${calibrating.map(({ name, left }) => `${name} ${left} to go`).join(', ')}.`);
  if (ordering.sentence) parts.push(ordering.sentence);
  else if (ordering.scored > 0)
    parts.push(`${counted(ordering.scored, 'pair')} ${ordering.scored === 1 ? 'is' : 'are'} in the chosen order.`);
  return parts.join(' ');
}

function Checks({ status }: { status: QueueStatus }) {
  const cache = useQueryClient();
  const done = () => void cache.invalidateQueries({ queryKey: ['team'] });
  const [pairs, setPairs] = useState(20);
  const calibrate = useMutation({ mutationFn: () => client.team.startCalibration.mutate({ pairs }), onSuccess: done });
  const gold = useMutation({
    mutationFn: () => client.team.makeGold.mutate({ pairs: Math.min(status.goldCandidates, 500) }),
    onSuccess: done,
  });
  const problem = calibrate.error ?? gold.error;
  return (
    <section aria-label="Checks">
      <h2 className={classes.sectionTitle}>Checks</h2>
      <FieldRow
        label="Calibration round"
        why={
          status.calibration === 0
            ? 'the same pairs for everybody, before any others'
            : `${counted(status.calibration, 'pair')} so far; everybody judges them before any others`
        }
      >
        <div className={classes.inline}>
          <NumberInput
            aria-label="Pairs of the calibration round"
            min={1}
            max={200}
            w={90}
            value={pairs}
            onChange={(value) => typeof value === 'number' && setPairs(value)}
          />
          <Button variant="default" h={36} loading={calibrate.isPending} onClick={() => calibrate.mutate()}>
            Start with {count(pairs)}
          </Button>
        </div>
      </FieldRow>
      <FieldRow
        label="Gold pairs"
        why={`${counted(status.gold, 'pair')} with a known answer; made from your own clear answers, of which ${count(status.goldCandidates)} are not gold yet`}
      >
        <Button variant="default" h={36} disabled={status.goldCandidates === 0} loading={gold.isPending} onClick={() => gold.mutate()}>
          Make {count(status.goldCandidates)} gold
        </Button>
      </FieldRow>
      <FieldRow label="Repeats" why="earlier pairs again, sides swapped, after at least twenty others; nobody is told">
        <Text size="sm">{count(status.repeats)} so far</Text>
      </FieldRow>
      {problem && (
        <Text size="sm" c="var(--pl-signal)">
          {sentenceFor(problem)}
        </Text>
      )}
    </section>
  );
}
