import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type HubTokenStatus, keepHubToken } from '#shared/api/system.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { sentenceFor } from './sentence.ts';
import { Loading } from './states.tsx';
import { Triangle } from './Triangle.tsx';

export const hubTokenWhy = 'for models that are not public, from huggingface.co/settings/tokens; kept in the keyring of this computer';

const elsewhereWords = {
  HF_TOKEN: 'HF_TOKEN is set, and is used.',
  login: 'You are signed in by “hf auth login”; that token is used.',
};

/** Takes a token for the Hub, which goes to the keyring and is never shown again; or says why this host keeps none and what to do instead. */
export function HubTokenField({ id }: { id: string }) {
  const status = useQuery(queries.hubToken());
  if (status.error) {
    return (
      <Text size="sm">
        <Triangle size={9} /> {sentenceFor(status.error)}
      </Text>
    );
  }
  if (!status.data) return <Loading rows={1} words="Asking the keyring" />;
  return (
    <div>
      {status.data.kept ? <KeptToken status={status.data} /> : status.data.refusal === null && <NewToken id={id} />}
      {status.data.refusal !== null && (
        <Text size="sm">
          {status.data.kept && <Triangle size={9} />} {status.data.refusal}
        </Text>
      )}
      {status.data.elsewhere !== null && (!status.data.kept || status.data.refusal !== null) && (
        <Text size="sm" mt={4}>
          {elsewhereWords[status.data.elsewhere]}
        </Text>
      )}
    </div>
  );
}

function KeptToken({ status }: { status: HubTokenStatus }) {
  const cache = useQueryClient();
  const forget = useMutation({
    mutationFn: () => client.system.forgetHubToken.mutate(),
    onSettled: () => cache.invalidateQueries({ queryKey: queries.hubToken().queryKey }),
  });
  return (
    <>
      <Group gap={8}>
        <Text size="sm">A token is kept{status.hint === null ? '' : `: ${status.hint}`}</Text>
        <Button variant="subtle" h={36} loading={forget.isPending} onClick={() => forget.mutate()}>
          Remove it
        </Button>
      </Group>
      {forget.error && <Text size="sm">{sentenceFor(forget.error)}</Text>}
    </>
  );
}

function NewToken({ id }: { id: string }) {
  const cache = useQueryClient();
  const [token, setToken] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const keep = useMutation({
    mutationFn: () => client.system.keepHubToken.mutate({ token }),
    gcTime: 0, // nothing of it stays in the page
    onSuccess: () => {
      setToken('');
      return cache.invalidateQueries({ queryKey: queries.hubToken().queryKey });
    },
  });
  return (
    <form
      style={{ display: 'flex', flexWrap: 'wrap', gap: 8 }}
      onSubmit={(event) => {
        event.preventDefault();
        const checked = keepHubToken.safeParse({ token });
        setFault(checked.error?.issues[0]?.message ?? null);
        if (checked.success) keep.mutate();
      }}
    >
      <PasswordInput
        id={id}
        aria-label="Token"
        placeholder="hf_…"
        autoComplete="off"
        w={320}
        maw="100%"
        value={token}
        onChange={(event) => setToken(event.currentTarget.value)}
        error={fault ?? (keep.error ? sentenceFor(keep.error) : null)}
      />
      {token.trim() !== '' && (
        <Button type="submit" h={36} loading={keep.isPending}>
          Keep it
        </Button>
      )}
    </form>
  );
}
