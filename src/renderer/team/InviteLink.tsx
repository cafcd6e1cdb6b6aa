import { Button, Text } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import classes from './InviteLink.module.css';
import { teamQueries } from './queries.ts';
import team from './team.module.css';

export interface Invite {
  name: string;
  token: string;
}

/** A fresh invite's link, shown this once, with what the other machine needs to reach this one. */
export function InviteLink({ invite: { name, token } }: { invite: Invite }) {
  const { data: origins } = useQuery(teamQueries.origins());
  const { copy, copied } = useClipboard();
  const best = origins?.[0];
  const link = best ? `${best.origin}/?invite=${token}` : null;
  return (
    <div className={classes.linkBox} role="status">
      <Text size="sm" fw={600}>
        The link for {name}
      </Text>
      {link ? (
        <div className={team.inline}>
          <code className={classes.linkText}>{link}</code>
          <Button variant="default" onClick={() => copy(link)}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        </div>
      ) : (
        <code className={classes.linkText}>/?invite={token}</code>
      )}
      <Text size="xs" c="dimmed" maw="80ch">
        It is shown once: only its hash is kept. {reachWords(best?.lan ?? false, link !== null)}
      </Text>
    </div>
  );
}

function reachWords(lan: boolean, served: boolean): string {
  if (lan)
    return 'Whoever has it comes in under this name, from any machine on this network. What travels is not encrypted: for more than a network you trust, put a proxy with TLS in front.';
  if (served)
    return 'It works on this machine alone. To let others in, start Plumbline as a server: plumbline serve --host 0.0.0.0 --allow-lan.';
  return 'A window of its own serves nobody else. Start Plumbline as a server, plumbline serve --host 0.0.0.0 --allow-lan, and put its address before this.';
}
