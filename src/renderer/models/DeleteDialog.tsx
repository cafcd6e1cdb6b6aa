import { Button, Group, List, Modal, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CheckpointView } from '#shared/api/compare.ts';
import { client } from '../app/client.ts';
import { formatBytes } from '../ui/format.ts';
import { ErrorState, Loading } from '../ui/states.tsx';
import { modelQueries } from './model-queries.ts';

interface DeleteDialogProps {
  checkpoint: CheckpointView;
  opened: boolean;
  onClose: () => void;
  onDeleted: () => void;
}

/** Before a checkpoint's files go: what that frees, and what it ends. */
export function DeleteDialog({ checkpoint, opened, onClose, onDeleted }: DeleteDialogProps) {
  const cache = useQueryClient();
  const removal = useQuery({ ...modelQueries.removal(checkpoint.id), enabled: opened, staleTime: 0 });
  const remove = useMutation({
    mutationFn: () => client.models.remove.mutate({ checkpoint: checkpoint.id }),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: ['compare'] });
      onDeleted();
    },
  });
  const bytes = formatBytes(removal.data?.bytes ?? checkpoint.bytes);
  const refused = removal.data?.refusal ?? null;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={refused === null ? `Delete ${checkpoint.name} and free ${bytes}` : `${checkpoint.name} cannot be deleted`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      transitionProps={{ duration: 0 }}
    >
      {remove.error || removal.error ? (
        <ErrorState error={remove.error ?? removal.error} title="It was not deleted" />
      ) : removal.data === undefined ? (
        <Loading rows={2} words="Looking at what depends on it" />
      ) : refused !== null ? (
        <Text size="md">{refused}</Text>
      ) : (
        <>
          <Text size="md">
            {removal.data.consequences.length === 0 ? 'Nothing else depends on it.' : 'It cannot be brought back, and:'}
          </Text>
          <List size="md" mt={6}>
            {removal.data.consequences.map((consequence) => (
              <List.Item key={consequence}>{consequence}</List.Item>
            ))}
          </List>
        </>
      )}
      <Group gap="sm" mt="md" justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {refused === null ? 'Keep it' : 'Close'}
        </Button>
        {removal.data && refused === null && (
          <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
            Delete, free {bytes}
          </Button>
        )}
      </Group>
    </Modal>
  );
}
