import { Switch } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProjectSummary } from '#shared/api/project.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { count } from '../ui/format.ts';
import { SectionTitle } from '../ui/Page.tsx';
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
  return (
    <section>
      <SectionTitle title="To see the end of the line first" />
      <Switch
        checked={set.on}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
        disabled={change.isPending}
        label={`Use ${count(set.available)} simulated judgments`}
        description="Made by a program that knows the demo’s grammar, 15% of them flipped. They are called simulated wherever they are used and are never counted as people’s. Off again takes them out again."
        error={change.error ? sentenceFor(change.error) : null}
        maw="58ch"
      />
    </section>
  );
}
