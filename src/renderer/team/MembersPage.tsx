import { Button, Select, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Me } from '#shared/api/project.ts';
import type { TeamMember } from '#shared/api/team.ts';
import { client } from '../app/client.ts';
import { count, counted } from '../ui/format.ts';
import { Page, PageTitle } from '../ui/Page.tsx';
import rowClasses from '../ui/rows.module.css';
import { sentenceFor } from '../ui/sentence.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { TimeAgo } from '../ui/TimeAgo.tsx';
import { type Invite, InviteLink } from './InviteLink.tsx';
import { useLiveTeam } from './live.ts';
import classes from './MembersPage.module.css';
import { teamQueries } from './queries.ts';
import { TeamNav } from './TeamNav.tsx';
import team from './team.module.css';

/** Who judges, by which link they come in, and what they may do. */
export function MembersPage({ me }: { me: Me }) {
  const members = useQuery(teamQueries.members());
  const [invite, setInvite] = useState<Invite | null>(null);
  if (members.error && !members.data) {
    return (
      <Page name="People">
        <TeamNav />
        <ErrorState error={members.error} title="The people could not be read" onRetry={() => void members.refetch()} />
      </Page>
    );
  }
  if (!members.data) {
    return (
      <Page name="People">
        <TeamNav />
        <Loading rows={4} words="Reading the people" />
      </Page>
    );
  }
  const people = members.data.filter(({ kind }) => kind === 'person');
  const others = members.data.filter(({ kind }) => kind !== 'person');
  const working = people.filter(({ access }) => access === 'here' || access === 'invited');
  return (
    <Page name="People">
      <TeamNav />
      <PageTitle title={working.length === 1 ? 'You work alone' : `${count(working.length)} people can judge`}>
        Each person comes in by a link of their own, without a password. It can be taken back at any time; what they judged stays.
      </PageTitle>
      <InviteForm me={me} onInvited={setInvite} />
      {invite && <InviteLink key={invite.token} invite={invite} />}
      <MemberTable me={me} members={people} onInvited={setInvite} label="People" />
      {others.length > 0 && (
        <>
          <h2 className={team.sectionTitle}>
            Not people <span>kept apart in every count</span>
          </h2>
          <MemberTable me={me} members={others} onInvited={setInvite} label="Not people" />
        </>
      )}
    </Page>
  );
}

function InviteForm({ me, onInvited }: { me: Me; onInvited: (invite: Invite) => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<'annotator' | 'lead'>('annotator');
  const cache = useQueryClient();
  const invite = useMutation({
    mutationFn: () => client.team.invite.mutate({ name, role }),
    onSuccess: ({ token }) => {
      onInvited({ name: name.trim(), token });
      setName('');
      void cache.invalidateQueries({ queryKey: ['team'] });
    },
  });
  return (
    <form
      className={classes.inviteForm}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') invite.mutate();
      }}
    >
      <TextInput
        label="Name"
        value={name}
        maxLength={80}
        w={240}
        onChange={(event) => setName(event.currentTarget.value)}
        error={invite.error ? sentenceFor(invite.error) : null}
      />
      {me.role === 'owner' && (
        <Select
          label="Role"
          value={role}
          w={140}
          allowDeselect={false}
          onChange={(value) => setRole(value === 'lead' ? 'lead' : 'annotator')}
          data={[
            { value: 'annotator', label: 'Annotator' },
            { value: 'lead', label: 'Lead' },
          ]}
        />
      )}
      <Button type="submit" h={36} disabled={name.trim() === ''} loading={invite.isPending}>
        Make an invite link
      </Button>
    </form>
  );
}

interface MemberTableProps {
  me: Me;
  members: readonly TeamMember[];
  onInvited: (invite: Invite) => void;
  label: string;
}

const accessWords: Record<TeamMember['access'], string> = {
  here: 'at this machine',
  invited: 'by link',
  revoked: 'link taken back',
  none: 'no link',
};

function MemberTable({ me, members, onInvited, label }: MemberTableProps) {
  const cache = useQueryClient();
  const { latest, now } = useLiveTeam();
  const done = () => void cache.invalidateQueries({ queryKey: ['team'] });
  const renew = useMutation({
    mutationFn: (member: TeamMember) => client.team.renewInvite.mutate({ personId: member.personId }),
    onSuccess: ({ token }, { name }) => {
      onInvited({ name, token });
      done();
    },
  });
  const revoke = useMutation({
    mutationFn: (member: TeamMember) => client.team.revoke.mutate({ personId: member.personId }),
    onSuccess: done,
  });
  const setRole = useMutation({
    mutationFn: ({ personId, role }: { personId: string; role: 'lead' | 'annotator' }) => client.team.setRole.mutate({ personId, role }),
    onSuccess: done,
  });
  const problem = renew.error ?? revoke.error ?? setRole.error;
  return (
    <>
      {problem && (
        <Text size="sm" c="var(--pl-signal)">
          {sentenceFor(problem)}
        </Text>
      )}
      <Table className={rowClasses.table} layout="auto" maw={980} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th pl={0}>Name</Table.Th>
            <Table.Th>Role</Table.Th>
            <Table.Th>Comes in</Table.Th>
            <Table.Th ta="right">Judged</Table.Th>
            <Table.Th ta="right">Since</Table.Th>
            <Table.Th>
              <VisuallyHidden>What can be done</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member) => {
            const isGuest = member.kind === 'person' && member.access !== 'here';
            const isNow = now.some(({ personId }) => personId === member.personId);
            return (
              <Table.Tr key={member.personId}>
                <Table.Td pl={0} fw={500}>
                  <span className={classes.name}>{member.name}</span>
                  {!member.counts && (
                    <Text span inherit c="dimmed" fw={400}>
                      {' '}
                      taken out
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  {isGuest && me.role === 'owner' ? (
                    <Select
                      aria-label={`Role of ${member.name}`}
                      size="xs"
                      w={120}
                      value={member.role}
                      allowDeselect={false}
                      onChange={(role) => (role === 'lead' || role === 'annotator') && setRole.mutate({ personId: member.personId, role })}
                      data={[
                        { value: 'annotator', label: 'Annotator' },
                        { value: 'lead', label: 'Lead' },
                      ]}
                    />
                  ) : (
                    {
                      owner: 'Owner',
                      lead: 'Lead',
                      annotator: member.kind === 'model' ? 'Model' : member.kind === 'simulated' ? 'Simulated' : 'Annotator',
                    }[member.role]
                  )}
                </Table.Td>
                <Table.Td c="dimmed">{isNow ? 'judging now' : accessWords[member.access]}</Table.Td>
                <Table.Td ta="right">{count(latest.get(member.personId)?.judged ?? member.judged)}</Table.Td>
                <Table.Td ta="right" c="dimmed">
                  <TimeAgo at={member.createdAt} />
                </Table.Td>
                <Table.Td>
                  {isGuest && (
                    <div className={classes.memberActions}>
                      <Button variant="default" onClick={() => renew.mutate(member)}>
                        {member.access === 'invited' ? 'New link' : 'Invite'}
                      </Button>
                      {member.access === 'invited' && (
                        <Button
                          variant="default"
                          title={`${counted(member.judged, 'judgment')} ${member.judged === 1 ? 'stays' : 'stay'}`}
                          onClick={() => revoke.mutate(member)}
                        >
                          Take link back
                        </Button>
                      )}
                    </div>
                  )}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </>
  );
}
