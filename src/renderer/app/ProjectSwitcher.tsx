import { Button, Group, Menu, Modal, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { PathInput } from '../ui/PathInput.tsx';
import { sentenceFor } from '../ui/sentence.ts';
import { client } from './client.ts';
import classes from './ProjectSwitcher.module.css';
import { queries } from './queries.ts';

/** The project's name; opens the recent ones, another folder, or a new project. */
export function ProjectSwitcher({ isLead, quiet }: { isLead: boolean; quiet: boolean }) {
  const { data: summary } = useQuery(queries.summary());
  const { data: recent = [] } = useQuery({ ...queries.recent(), enabled: isLead });
  const [asking, setAsking] = useState<'open' | 'create' | null>(null);
  const change = useProjectChange({
    // Said here: the menu is closed by then. A dialog says it beside its field.
    onError: (error) => notifications.show({ title: 'The project was not opened', message: sentenceFor(error), autoClose: false }),
  });
  useRefusal(summary?.refusal ?? null);
  if (!summary) return null;
  if (!isLead) return <span className={classes.name}>{summary.name}</span>;
  return (
    <>
      <Menu position="bottom-start" width={320}>
        <Menu.Target>
          <button type="button" className={classes.switcher} data-quiet={quiet || undefined} aria-label={`Project ${summary.name}; switch`}>
            <span className={classes.label}>{summary.name}</span>
            <svg width="8" height="12" viewBox="0 0 8 12" fill="none" stroke="currentColor" aria-hidden>
              <path d="M1 4.5 4 1.5l3 3M1 7.5l3 3 3-3" />
            </svg>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {recent.map((project) => (
            <Menu.Item
              key={project.path}
              disabled={project.path === summary.path}
              onClick={() => change.mutate({ kind: 'open', path: project.path })}
            >
              {project.name}
              <Text size="xs" c="dimmed" truncate="start">
                {project.path}
              </Text>
            </Menu.Item>
          ))}
          {recent.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => setAsking('open')}>Open a project folder</Menu.Item>
          <Menu.Item onClick={() => setAsking('create')}>New project</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asking && <PathDialog kind={asking} onClose={() => setAsking(null)} />}
    </>
  );
}

/** Once a page: the project that was open last could not be opened, so this one is. */
function useRefusal(refusal: string | null): void {
  useEffect(() => {
    if (refusal === null) return;
    notifications.show({ id: 'refusal', title: 'The project of last time could not be opened', message: refusal, autoClose: false });
  }, [refusal]);
}

function useProjectChange({ onDone, onError }: { onDone?: () => void; onError?: (error: Error) => void }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ kind, path }: { kind: 'open' | 'create'; path: string }) =>
      kind === 'open' ? client.project.open.mutate({ path }) : client.project.create.mutate({ path }),
    onSuccess: async () => {
      navigate('/');
      cache.removeQueries({ predicate: (query) => query.queryKey[0] !== 'project' });
      await cache.invalidateQueries();
      onDone?.();
    },
    onError: (error) => onError?.(error),
  });
}

function PathDialog({ kind, onClose }: { kind: 'open' | 'create'; onClose: () => void }) {
  const [path, setPath] = useState('');
  const change = useProjectChange({ onDone: onClose });
  return (
    <Modal opened onClose={onClose} title={kind === 'open' ? 'Open a project folder' : 'New project'}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ kind, path: path.trim() });
        }}
      >
        <PathInput
          kind={kind === 'open' ? 'folder' : 'new'}
          label="Folder"
          description={kind === 'open' ? 'Its name ends in .plumbline' : 'It is made where this says; its name ends in .plumbline'}
          value={path}
          onChange={setPath}
          error={change.error ? sentenceFor(change.error) : null}
          data-autofocus
        />
        <Group mt="md" gap="sm">
          <Button type="submit" disabled={path.trim() === ''} loading={change.isPending}>
            {kind === 'open' ? 'Open the project' : 'Make the project'}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
