import { Box, Group, Switch, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProjectSummary } from '#shared/api/project.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';

/** The demo's marked set: for someone who wants to see the end of the line before judging. Switched in, and out again. */
export function SimulatedSwitch({ summary }: { summary: ProjectSummary }) {
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (on: boolean) => client.project.setSimulated.mutate({ on }),
    onMutate: (on) =>
      cache.setQueryData(queries.summary().queryKey, (now: ProjectSummary | undefined) =>
        now?.simulatedSet ? { ...now, simulatedSet: { ...now.simulatedSet, on } } : now,
      ),
    onSettled: () => cache.invalidateQueries({ queryKey: ['project'] }),
  });
  const set = summary.simulatedSet;
  if (!set) return null;
  const id = 'simulated-judgments';
  return (
    <Box component="section" maw={720}>
      <Group justify="space-between" wrap="nowrap" gap={40} align="flex-start">
        <div>
          <Title order={2} id={id}>
            Simulated judgments
          </Title>
          <Text size="xs" c="dimmed" maw="62ch">
            {count(set.available)} judgments by a program that knows the demo’s grammar, 15% of them flipped, to see the end of the line
            before judging yourself. They are called simulated wherever they are used and are never counted as people’s.
          </Text>
          {change.error && (
            <Text size="xs" mt={4} role="alert">
              {sentenceFor(change.error)}
            </Text>
          )}
        </div>
        <Switch
          checked={set.on}
          onChange={(event) => change.mutate(event.currentTarget.checked)}
          label={set.on ? 'In use' : 'Not used'}
          labelPosition="left"
          aria-describedby={id}
          disabled={change.isPending}
          styles={{ label: { whiteSpace: 'nowrap' } }}
        />
      </Group>
    </Box>
  );
}
