import { Button, Progress } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Transfer } from '#shared/api/models.ts';
import { client } from '../app/client.ts';
import { count, formatDuration } from '../ui/format.ts';
import { TextLink } from '../ui/TextLink.tsx';
import { modelQueries } from './model-queries.ts';
import classes from './try.module.css';

/** Models on their way in or out since the project was opened; `only` shows one of them. Nothing where there are none. */
export function TransferRows({ only }: { only?: string }) {
  const cache = useQueryClient();
  const { data } = useQuery(modelQueries.transfers());
  const shown = (data ?? []).filter(({ id, state }) => (only === undefined ? state !== 'done' && state !== 'stopped' : id === only));
  const arrived = (data ?? []).filter(({ kind, state }) => kind === 'import' && state === 'done').length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one more that arrived is what changes the list of checkpoints
  useEffect(() => {
    void cache.invalidateQueries({ queryKey: ['compare', 'checkpoints'] });
  }, [arrived, cache]);
  if (shown.length === 0) return null;
  return (
    <section aria-label="Models on their way" className={classes.transfers}>
      {shown.map((transfer) => (
        <TransferRow key={transfer.id} transfer={transfer} />
      ))}
    </section>
  );
}

function TransferRow({ transfer }: { transfer: Transfer }) {
  const cache = useQueryClient();
  const stop = useMutation({
    mutationFn: () => client.models.stop.mutate({ transfer: transfer.id }),
    onSettled: () => cache.invalidateQueries({ queryKey: ['models', 'transfers'] }),
  });
  const { kind, name, state, done, total, error, checkpoint, path } = transfer;
  const going = state === 'queued' || state === 'running';
  const what = `${kind === 'import' ? 'Import' : 'Export'} of ${name}`;
  return (
    <div className={classes.transfer} data-transfer={state} role={state === 'failed' ? 'alert' : undefined}>
      <span>
        <strong>{what}</strong>
        {state === 'failed' && <>: {error}</>}
        {state === 'stopped' && ': stopped; nothing was kept.'}
        {state === 'done' && path && <>: written to {path}</>}
        {state === 'done' && kind === 'import' && checkpoint && (
          <>
            {': '}
            <TextLink to={`/models/${checkpoint.id}`}>{checkpoint.name}</TextLink> is here
          </>
        )}
      </span>
      {going ? <Progress value={total > 0 ? (100 * done) / total : 0} aria-label={what} size={4} color="ink" /> : <span />}
      <span>{going && progressWords(transfer)}</span>
      {going ? (
        <Button variant="default" size="compact-sm" onClick={() => stop.mutate()}>
          Stop
        </Button>
      ) : (
        <span />
      )}
    </div>
  );
}

function progressWords({ words, done, total, secondsLeft }: Transfer): string {
  if (total === 0) return words;
  const left = secondsLeft === null ? '' : `, ${formatDuration(secondsLeft)} left`;
  return `${words} ${count(done)} of ${count(total)} MiB${left}`;
}
