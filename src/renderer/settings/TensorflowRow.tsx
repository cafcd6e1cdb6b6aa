import { Button, Progress, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Doctor } from '#shared/api/system.ts';
import { type TensorflowVariant, tensorflowOffers } from '#shared/backends.ts';
import { client } from '../app/client.ts';
import { queries } from '../app/queries.ts';
import { sentenceFor } from '../ui/sentence.ts';
import { Triangle } from '../ui/Triangle.tsx';
import { SettingRow } from './SettingRow.tsx';

/** Fetches TensorFlow once a person asks for it, having read what it weighs and under which license it is. */
export function TensorflowRow({ doctor }: { doctor: Doctor }) {
  const cache = useQueryClient();
  const fetch = useMutation({
    mutationFn: (variant: TensorflowVariant) => client.system.setUpTensorflow.mutate(variant),
    onSettled: () => cache.invalidateQueries({ queryKey: queries.doctor().queryKey }),
  });
  const { possible, progress, error } = doctor.tensorflow;
  const found = doctor.backends.find(({ name }) => name === 'tensorflow');
  if (!possible || found === undefined) return null;
  const failed = fetch.error ? sentenceFor(fetch.error) : error;
  return (
    <SettingRow
      label="TensorFlow"
      why={found.available ? found.words : 'gains on models of some million parameters; nothing is fetched unasked'}
    >
      {progress ? (
        <div style={{ flex: 1 }}>
          <Text size="xs" c="dimmed" mb={4}>
            {progress.words}, {Math.round(progress.done * 100)}%
          </Text>
          <Progress size={4} value={progress.done * 100} aria-label="Setting up TensorFlow" />
        </div>
      ) : (
        <div>
          {!found.available && (
            <Button variant="default" h={36} loading={fetch.isPending} title={tensorflowOffers.cpu} onClick={() => fetch.mutate('cpu')}>
              Fetch TensorFlow, 230 MB, Apache-2.0
            </Button>
          )}
          {!found.gpu && (
            <Button variant="subtle" h={36} loading={fetch.isPending} title={tensorflowOffers.cuda} onClick={() => fetch.mutate('cuda')}>
              With CUDA for NVIDIA GPUs, 2.1 GB, NVIDIA’s license
            </Button>
          )}
          {failed && (
            <Text size="xs" mt={4}>
              <Triangle size={9} /> {failed}
            </Text>
          )}
        </div>
      )}
    </SettingRow>
  );
}
