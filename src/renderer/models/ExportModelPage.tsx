import { Button, SegmentedControl, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import type { CheckpointView } from '#shared/api/compare.ts';
import type { ExportFormat, ExportStorage } from '#shared/model-jobs.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { queries } from '../app/queries.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { Page, PageTitle } from '../ui/Page.tsx';
import { PathInput } from '../ui/PathInput.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { EmptyState, ErrorState, Loading } from '../ui/states.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { modelQueries } from './model-queries.ts';
import { TransferRows } from './TransferRows.tsx';

/** A checkpoint on its way out, for transformers, PEFT or llama.cpp and its kin. */
export function ExportModelPage() {
  const { checkpoint: id = '' } = useParams();
  const checkpoints = useQuery(queries.checkpoints());
  const checkpoint = checkpoints.data?.find((candidate) => candidate.id === id);
  if (checkpoints.error && !checkpoints.data) {
    return (
      <Page name="Export a model">
        <ErrorState error={checkpoints.error} title="The checkpoint could not be read" onRetry={() => void checkpoints.refetch()} />
      </Page>
    );
  }
  if (!checkpoints.data) {
    return (
      <Page name="Export a model">
        <Loading rows={4} words="Reading the checkpoint" />
      </Page>
    );
  }
  if (!checkpoint) {
    return (
      <Page name="Export a model">
        <EmptyState title="There is no such checkpoint" actions={<TextLink to="/models">Back to Models</TextLink>}>
          It may have been deleted.
        </EmptyState>
      </Page>
    );
  }
  return <ExportForm checkpoint={checkpoint} />;
}

function ExportForm({ checkpoint }: { checkpoint: CheckpointView }) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const isReward = checkpoint.kind === 'reward';
  const isAdapter = checkpoint.adapterOf !== null;
  const [format, setFormat] = useState<ExportFormat>('hf');
  const [storage, setStorage] = useState<ExportStorage>('as_is');
  const [out, setOut] = useState('');
  const origin = useQuery(modelQueries.origin(checkpoint.id));
  const begin = useMutation({
    mutationFn: () => client.models.export.mutate({ checkpoint: checkpoint.id, out: out.trim(), format, storage }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['models', 'transfers'] }),
  });
  useCommands({ 'app.close': () => navigate(`/models/${checkpoint.id}`) });
  const suggestion = `/home/me/${checkpoint.name.replaceAll(/[^\w.-]+/g, '-')}${format === 'gguf' ? '.gguf' : ''}`;
  return (
    <Page name={`Export ${checkpoint.name}`}>
      <PageTitle
        title={`Export ${checkpoint.name}`}
        actions={
          <>
            <Button variant="subtle" h={36} onClick={() => navigate(`/models/${checkpoint.id}`)}>
              {begin.data ? 'Back to Models' : 'Cancel'}
            </Button>
            {!begin.data && (
              <PrimaryButton disabled={out.trim() === ''} loading={begin.isPending} onClick={() => begin.mutate()}>
                Export
              </PrimaryButton>
            )}
          </>
        }
      >
        {origin.data?.license
          ? `Its license is that of the model it comes from: ${origin.data.license}. The card says so.`
          : 'The license of the model it comes from is not known here; look it up before you share it.'}
      </PageTitle>
      {begin.data ? (
        <TransferRows only={begin.data.transfer} />
      ) : (
        <div style={{ maxWidth: 650 }}>
          {begin.error && (
            <ErrorState error={begin.error} title="Nothing was written">
              The checkpoint is as it was.
            </ErrorState>
          )}
          <FieldRow label="For" why={forWhy(format, isAdapter)}>
            <SegmentedControl
              aria-label="For"
              value={format}
              onChange={(value) => {
                setFormat(value as ExportFormat);
                setStorage('as_is');
              }}
              data={[
                { value: 'hf', label: 'transformers' },
                ...(isAdapter ? [{ value: 'peft', label: 'PEFT' }] : []),
                ...(isReward ? [] : [{ value: 'gguf', label: 'llama.cpp' }]),
              ]}
            />
          </FieldRow>
          {format !== 'peft' && (
            <FieldRow label="Weights" why={format === 'gguf' ? 'Q8_0 is half of F16, and rounds a little' : 'as they are rounds nothing'}>
              <Select
                aria-label="Weights"
                value={storage}
                onChange={(value) => value && setStorage(value as ExportStorage)}
                allowDeselect={false}
                data={
                  format === 'gguf'
                    ? [
                        { value: 'as_is', label: 'F16' },
                        { value: 'Q8_0', label: 'Q8_0' },
                        { value: 'BF16', label: 'BF16' },
                        { value: 'F32', label: 'F32' },
                      ]
                    : [
                        { value: 'as_is', label: 'As they are' },
                        { value: 'BF16', label: 'BF16' },
                        { value: 'F16', label: 'F16' },
                        { value: 'F32', label: 'F32' },
                      ]
                }
              />
            </FieldRow>
          )}
          <FieldRow
            label={format === 'gguf' ? 'File' : 'Folder'}
            why="on the computer where the project lies; nothing that is there is overwritten"
          >
            <PathInput
              kind="new"
              aria-label={format === 'gguf' ? 'File' : 'Folder'}
              value={out}
              placeholder={suggestion}
              onChange={setOut}
              onKeyDown={(event) => event.key === 'Enter' && out.trim() !== '' && begin.mutate()}
            />
          </FieldRow>
        </div>
      )}
    </Page>
  );
}

function forWhy(format: ExportFormat, isAdapter: boolean): string {
  switch (format) {
    case 'hf':
      return isAdapter
        ? 'a whole model, the adapter merged; vLLM reads it too'
        : 'safetensors, configuration, tokenizer, model card; vLLM reads it too';
    case 'peft':
      return 'the adapter alone, to be loaded beside its base';
    case 'gguf':
      return 'one file; Ollama and LM Studio read it too';
  }
}
