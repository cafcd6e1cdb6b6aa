import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RemovalInput } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { counted } from '../ui/format.ts';
import { sentenceFor } from '../ui/sentence.ts';

/** Names what would go, and what was trained on it, before anything does. Nothing is deleted: it can be put back. */
export function Removal({ target, button }: { target: RemovalInput; button: string }) {
  const [asked, setAsked] = useState(false);
  const cache = useQueryClient();
  const effect = useQuery({
    queryKey: ['team', 'removalEffect', target.kind, target.id],
    queryFn: () => client.team.removalEffect.query(target),
    enabled: asked,
    staleTime: 0,
  });
  const remove = useMutation({
    mutationFn: () => client.team.remove.mutate(target),
    onSuccess: () => void cache.invalidateQueries(),
  });
  if (!asked) {
    return (
      <Button variant="default" onClick={() => setAsked(true)}>
        {button} …
      </Button>
    );
  }
  const checkpoints = effect.data?.checkpoints ?? [];
  return (
    <div>
      <Text size="sm" maw="75ch">
        {effect.error
          ? sentenceFor(effect.error)
          : !effect.data
            ? 'Looking up what was trained on them'
            : `${target.kind === 'comparison' ? 'Nobody would be given this pair any more. ' : ''}${counted(effect.data.judgments, 'judgment')} would count nowhere any more: in no figure, split or training set. ${effect.data.judgments === 1 ? 'It stays' : 'They stay'} in the project and can be put back. ${
                checkpoints.length === 0
                  ? 'No checkpoint was trained on them.'
                  : `Trained on some of them, or standing on a checkpoint that was: ${checkpoints.map(({ name, judgments }) => (judgments > 0 ? `${name} (${judgments})` : name)).join(', ')}. These stay as they are.`
              }`}
      </Text>
      {remove.error && (
        <Text size="sm" c="var(--pl-signal)">
          {sentenceFor(remove.error)}
        </Text>
      )}
      <Group gap="sm" mt="sm">
        <Button onClick={() => remove.mutate()} loading={remove.isPending} disabled={!effect.data}>
          {target.kind === 'comparison' ? 'Take it out' : `Take ${counted(effect.data?.judgments ?? 0, 'judgment')} out`}
        </Button>
        <Button variant="default" onClick={() => setAsked(false)}>
          Keep
        </Button>
      </Group>
    </div>
  );
}
