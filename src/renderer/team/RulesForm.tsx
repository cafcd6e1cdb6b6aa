import { Button, NumberInput, Select, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QueueRulesInput, QueueStatus } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { ActiveLine } from './ActiveLine.tsx';
import classes from './team.module.css';

const orders: { value: QueueRulesInput['next']; label: string }[] = [
  { value: 'order', label: 'As they came' },
  { value: 'random', label: 'At random' },
  { value: 'uncertainty', label: 'Reward model unsure' },
  { value: 'disagreement', label: 'Reward models differ' },
  { value: 'newest', label: 'Newest policy’s answers' },
];
const chosen = ['uncertainty', 'disagreement', 'newest'];

/** The lead's rules for handing out pairs; nothing changes until they are saved. */
export function RulesForm({ status }: { status: QueueStatus }) {
  const [rules, setRules] = useState<QueueRulesInput>(status.rules);
  const cache = useQueryClient();
  const save = useMutation({
    mutationFn: () => client.team.setRules.mutate(rules),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['team'] }),
  });
  const again = useMutation({
    mutationFn: () => client.team.orderAgain.mutate(),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['team'] }),
  });
  const change = (part: Partial<QueueRulesInput>) => setRules((now) => ({ ...now, ...part }));
  const changed = JSON.stringify(rules) !== JSON.stringify(status.rules);
  const percent = (
    key: 'overlap' | 'repeatShare' | 'goldShare' | 'randomShare',
    label: string,
    low: number,
    high: number,
    shown: number,
  ) => (
    <NumberInput
      aria-label={label}
      suffix="%"
      min={low}
      max={high}
      decimalScale={0}
      value={Math.round(100 * shown)}
      onChange={(value) => typeof value === 'number' && change({ [key]: value / 100 })}
    />
  );
  const people = (key: 'overlapPeople' | 'mostPeople', label: string) => (
    <NumberInput
      aria-label={label}
      min={2}
      max={50}
      value={rules[key]}
      onChange={(value) => typeof value === 'number' && change({ [key]: value })}
    />
  );
  const problem = save.error ?? again.error;
  return (
    <section aria-label="Rules">
      <h2 className={classes.sectionTitle}>Who sees what</h2>
      <FieldRow label="Seen by several" why="share of pairs that more than one person judges; 15 to 20% is usual">
        {percent('overlap', 'Seen by several', 0, 100, rules.overlap)}
      </FieldRow>
      <FieldRow label="By how many" why="people, where a pair is seen by several">
        {people('overlapPeople', 'By how many')}
      </FieldRow>
      <FieldRow label="At most, where they differ" why="one more is asked until most say the same; then it is yours to decide">
        {people('mostPeople', 'At most, where they differ')}
      </FieldRow>
      <FieldRow label="Repeats" why="share of a person’s pairs that are an earlier one, sides swapped">
        {percent('repeatShare', 'Repeats', 0, 50, rules.repeatShare ?? status.checks.repeats)}
      </FieldRow>
      <FieldRow label="Gold" why="share with a known answer, while there are gold pairs">
        {percent('goldShare', 'Gold', 0, 50, rules.goldShare ?? status.checks.gold)}
      </FieldRow>
      <FieldRow label="What is next" why="of the pairs that nobody has seen">
        <Select
          aria-label="What is next"
          data={orders}
          value={rules.next}
          allowDeselect={false}
          onChange={(value) => value && change({ next: value as QueueRulesInput['next'] })}
        />
      </FieldRow>
      {chosen.includes(rules.next) && (
        <FieldRow label="Still at random" why="at least 20%, so that what is measured on them holds for all pairs">
          {percent('randomShare', 'Still at random', 20, 100, rules.randomShare)}
        </FieldRow>
      )}
      {chosen.includes(rules.next) && <ActiveLine next={rules.next} />}
      {problem && (
        <Text size="sm" c="var(--pl-signal)" mt={8}>
          {sentenceFor(problem)}
        </Text>
      )}
      <div className={classes.inline}>
        <Button h={36} disabled={!changed} loading={save.isPending} onClick={() => save.mutate()}>
          Save the rules
        </Button>
        {changed && (
          <Button variant="default" h={36} onClick={() => setRules(status.rules)}>
            Leave them
          </Button>
        )}
        {!changed && chosen.includes(rules.next) && (
          <Button variant="default" h={36} loading={again.isPending || status.ordering.state === 'scoring'} onClick={() => again.mutate()}>
            Order again
          </Button>
        )}
      </div>
    </section>
  );
}
