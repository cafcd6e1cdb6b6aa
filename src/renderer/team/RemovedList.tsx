import { Button, Select, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { teamQueries } from './queries.ts';
import { Removal } from './Removal.tsx';
import classes from './RemovedList.module.css';
import team from './team.module.css';

/** What was taken out of every count, and back in by one press; judgments made under an old guideline go here too. */
export function RemovedList() {
  const cache = useQueryClient();
  const { data: removed = [] } = useQuery(teamQueries.removed());
  const { data: summary } = useQuery(queries.summary());
  const [version, setVersion] = useState<string | null>(null);
  const restore = useMutation({
    mutationFn: (one: (typeof removed)[number]) => client.team.restore.mutate({ kind: one.kind, id: one.id }),
    onSuccess: () => void cache.invalidateQueries(),
  });
  const newest = summary?.guideline?.version ?? 0;
  const gone = new Set(removed.filter(({ kind }) => kind === 'guideline').map(({ id }) => id));
  const versions = Array.from({ length: newest }, (_, index) => String(newest - index)).filter((one) => !gone.has(one));
  return (
    <section aria-label="Taken out" className={classes.removed}>
      <h2 className={team.sectionTitle}>
        Taken out <span>counts nowhere, stays in the project</span>
      </h2>
      {removed.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing. A person’s judgments are taken out from their row on Agreement, a pair on Flags and skips or in Data, those under a
          guideline here.
        </Text>
      )}
      {removed.map((one) => (
        <div key={`${one.kind} ${one.id}`} className={team.inline}>
          <Text size="sm">
            {one.name}
            {one.at !== null && (
              <Text span inherit c="dimmed">
                {' '}
                <TimeAgo at={one.at} />
              </Text>
            )}
          </Text>
          <Button variant="default" onClick={() => restore.mutate(one)}>
            Put back
          </Button>
        </div>
      ))}
      {restore.error && (
        <Text size="sm" c="var(--pl-signal)">
          {sentenceFor(restore.error)}
        </Text>
      )}
      {versions.length > 0 && (
        <div className={team.inline}>
          <Select
            aria-label="Guideline version"
            placeholder="Guideline version"
            w={180}
            data={versions.map((one) => ({ value: one, label: `Guideline ${one}${Number(one) === newest ? ', in force' : ''}` }))}
            value={version}
            onChange={setVersion}
          />
          {version !== null && (
            <Removal key={version} target={{ kind: 'guideline', id: version }} button="Take what was judged under it out" />
          )}
        </div>
      )}
    </section>
  );
}
