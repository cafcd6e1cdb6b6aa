import { Button, Select, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TeamReport } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { count } from '../ui/format.ts';
import rowClasses from '../ui/rows.module.css';
import { sentenceFor } from '../ui/sentence.ts';
import { teamQueries } from './queries.ts';
import { Share } from './Share.tsx';
import classes from './team.module.css';

/** Models beside people, never among them: how often they say the same, and whether the order in which two answers stand sways them. */
export function ModelOpinions({ report }: { report: TeamReport }) {
  const cache = useQueryClient();
  const { data: judges } = useQuery({
    ...teamQueries.judges(),
    refetchInterval: ({ state }) => (state.data?.status.state === 'scoring' ? 1_000 : false),
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const candidates = judges?.candidates ?? [];
  const checkpoint = chosen ?? candidates[0]?.id ?? null;
  const start = useMutation({
    mutationFn: (id: string) => client.team.startJudge.mutate({ checkpoint: id }),
    onSettled: () => void cache.invalidateQueries({ queryKey: ['team'] }),
  });
  if (report.models.length === 0 && candidates.length === 0) return null;
  const problem = start.error ? sentenceFor(start.error) : judges?.status.state === 'failed' ? judges.status.sentence : null;
  return (
    <section aria-label="Second opinions by models">
      <h2 className={classes.sectionTitle}>
        Second opinions by models <span>shown apart; no count, split or training set of people’s takes them in</span>
      </h2>
      {report.models.length > 0 && (
        <Table className={rowClasses.table} layout="auto" maw={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th pl={0}>Model</Table.Th>
              <Table.Th ta="right">Judged</Table.Th>
              <Table.Th ta="right">Same answer as people</Table.Th>
              <Table.Th ta="right">First one picked</Table.Th>
              <Table.Th ta="right" pr={0}>
                Same with the two swapped
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.models.map((model) => (
              <Table.Tr key={model.personId}>
                <Table.Td pl={0}>{model.name}</Table.Td>
                <Table.Td ta="right">{count(model.judged)}</Table.Td>
                <Table.Td ta="right">
                  <Share estimate={model.withPeople} />
                </Table.Td>
                <Table.Td ta="right">
                  <Share estimate={model.first} />
                </Table.Td>
                <Table.Td ta="right" pr={0}>
                  <Share estimate={model.swapped} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {candidates.length > 0 && (
        <div className={classes.inline}>
          <Select
            aria-label="Reward model that judges"
            data={candidates.map(({ id, name }) => ({ value: id, label: name }))}
            value={checkpoint}
            onChange={setChosen}
            allowDeselect={false}
            w={200}
          />
          <Button
            variant="default"
            h={36}
            disabled={checkpoint === null || judges?.status.state === 'scoring'}
            onClick={() => checkpoint && start.mutate(checkpoint)}
          >
            Let it judge held-out prompts
          </Button>
          <Text size="xs" c="dimmed">
            {judges?.status.state === 'scoring'
              ? judges.status.sentence
              : 'A reward model reads each answer alone, so order cannot sway it.'}
          </Text>
        </div>
      )}
      {problem && (
        <Text size="sm" c="var(--pl-signal)">
          {problem}
        </Text>
      )}
    </section>
  );
}
