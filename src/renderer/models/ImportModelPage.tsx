import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ModelPlace } from '#shared/api/models.ts';
import { readHubName } from '#shared/hub-name.ts';
import type { ModelDescription } from '#shared/model-jobs.ts';
import { client } from '../app/client.ts';
import { useCommands } from '../app/keyboard.ts';
import { sendFile } from '../app/send-file.ts';
import { FieldRow } from '../ui/FieldRow.tsx';
import { count, formatBytes } from '../ui/format.ts';
import { HubTokenField, hubTokenWhy } from '../ui/HubTokenField.tsx';
import { Page, PageTitle, SectionTitle } from '../ui/Page.tsx';
import { PathInput } from '../ui/PathInput.tsx';
import { PrimaryButton } from '../ui/PrimaryButton.tsx';
import { ErrorState, Loading } from '../ui/states.tsx';
import { Pieces } from './Pieces.tsx';
import { TransferRows } from './TransferRows.tsx';
import classes from './try.module.css';

type Where = 'path' | 'upload' | 'hub';

/** A model on its way in: where it lies, what it is, and how the project will call it. */
export function ImportModelPage() {
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [where, setWhere] = useState<Where>('path');
  const [text, setText] = useState('');
  const [left, setLeft] = useState(false);
  const [name, setName] = useState('');
  const [kind, setKind] = useState<'base' | 'sft' | null>(null);
  const look = useMutation({ mutationFn: (place: ModelPlace) => client.models.inspect.mutate({ place }) });
  const send = useMutation({
    mutationFn: sendFile,
    onSuccess: (file) => look.mutate({ kind: 'upload', file }),
  });
  const begin = useMutation({
    mutationFn: (place: ModelPlace) =>
      client.models.import.mutate({ place, name: name.trim() || null, kind: kind ?? (look.data?.hasChatTemplate ? 'sft' : 'base') }),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['models', 'transfers'] }),
  });
  useCommands({ 'app.close': () => navigate('/models') });
  const place = placeOf(where, text, send.data);
  const found = where === 'hub' ? undefined : look.data;
  const choose = (next: Where) => {
    setWhere(next);
    look.reset();
    send.reset();
    begin.reset();
  };
  if (begin.data) {
    return (
      <Page name="Import a model">
        <PageTitle title="On its way" actions={<Button onClick={() => navigate('/models')}>Back to Models</Button>}>
          You can leave this page; the import goes on, and Models shows how far it is.
        </PageTitle>
        <TransferRows only={begin.data.transfer} />
      </Page>
    );
  }
  return (
    <Page name="Import a model">
      <PageTitle
        title={found ? `${found.name}, ${count(found.parameters)} parameters` : 'Import a model'}
        actions={
          <>
            <Button variant="subtle" h={36} onClick={() => navigate('/models')}>
              Cancel
            </Button>
            {found || where === 'hub' ? (
              <PrimaryButton disabled={!place} loading={begin.isPending} onClick={() => place && begin.mutate(place)}>
                {found ? `Import ${formatBytes(found.bytes)}` : 'Download and import'}
              </PrimaryButton>
            ) : (
              <PrimaryButton disabled={!place} loading={look.isPending} onClick={() => place && look.mutate(place)}>
                Look at it
              </PrimaryButton>
            )}
          </>
        }
      >
        GPT-2, Llama, SmolLM, Mistral, Qwen2 and Qwen3, as a Hugging Face folder or a GGUF file.
      </PageTitle>
      <div className={classes.page}>
        <div>
          <FieldRow label="From" why="nothing leaves this computer unless you choose the Hub">
            <SegmentedControl
              aria-label="From"
              value={where}
              onChange={(value) => choose(value as Where)}
              data={[
                { value: 'path', label: 'This computer' },
                { value: 'upload', label: 'A file' },
                { value: 'hub', label: 'The Hub' },
              ]}
            />
          </FieldRow>
          {where === 'upload' ? (
            <FieldRow label="GGUF file" why="sent to the project as it is">
              <input
                type="file"
                aria-label="GGUF file"
                accept=".gguf"
                onChange={(event) => event.currentTarget.files?.[0] && send.mutate(event.currentTarget.files[0])}
              />
            </FieldRow>
          ) : (
            <FieldRow
              label={where === 'path' ? 'Folder or file' : 'Repository'}
              why={where === 'path' ? 'on the computer where the project lies' : hubNameWhy}
            >
              {where === 'path' ? (
                <PathInput
                  kind="folder"
                  aria-label="Folder or file"
                  value={text}
                  placeholder="/home/me/models/smollm2.gguf"
                  onChange={(path) => {
                    setText(path);
                    look.reset();
                  }}
                  onKeyDown={(event) => event.key === 'Enter' && place && !found && look.mutate(place)}
                />
              ) : (
                <TextInput
                  aria-label="Repository"
                  value={text}
                  placeholder="HuggingFaceTB/SmolLM2-135M-Instruct"
                  description={place?.kind === 'hub' && hubNameRead(place)}
                  error={left && text.trim() !== '' && !place && 'not OWNER/NAME, nor a model’s address on huggingface.co'}
                  onFocus={() => setLeft(false)}
                  onBlur={() => setLeft(true)}
                  onChange={(event) => {
                    setText(event.currentTarget.value);
                    look.reset();
                  }}
                />
              )}
            </FieldRow>
          )}
          {where === 'hub' && (
            <FieldRow label={<label htmlFor="hub-token">Token</label>} why={hubTokenWhy}>
              <HubTokenField id="hub-token" />
            </FieldRow>
          )}
          <FieldRow label="Name in this project" why="empty: as it calls itself">
            <TextInput
              aria-label="Name in this project"
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </FieldRow>
          <FieldRow
            label="It is"
            why="a model that follows instructions can be aligned as it is; a base model wants SFT first, from answers that were preferred in pairs"
          >
            <SegmentedControl
              aria-label="It is"
              value={kind ?? (found?.hasChatTemplate ? 'sft' : 'base')}
              onChange={(value) => setKind(value as 'base' | 'sft')}
              data={[
                { value: 'base', label: 'A base model' },
                { value: 'sft', label: 'Tuned already' },
              ]}
            />
          </FieldRow>
          {[send, look, begin].map(
            ({ error }, index) =>
              error && (
                <ErrorState key={index} error={error} title="This model cannot be imported">
                  Nothing was changed.
                </ErrorState>
              ),
          )}
        </div>
        <div className={classes.side}>
          {look.isPending || send.isPending ? (
            <Loading rows={6} words={send.isPending ? 'Sending the file' : 'Reading its header and its tokenizer'} />
          ) : (
            found && <Description found={found} />
          )}
        </div>
      </div>
    </Page>
  );
}

function Description({ found }: { found: ModelDescription }) {
  return (
    <>
      <dl className={classes.facts}>
        <dt>Architecture</dt>
        <dd>
          {found.architecture}, {found.layers} layers, {count(found.width)} wide
        </dd>
        <dt>Parameters</dt>
        <dd>{count(found.parameters)}</dd>
        <dt>Stored as</dt>
        <dd>{found.storage}</dd>
        <dt>Here</dt>
        <dd>{formatBytes(found.bytes)}, nothing rounded</dd>
        <dt>Reads</dt>
        <dd>
          {count(found.context)} tokens of {count(found.vocabulary)}
        </dd>
        <dt>Stops at</dt>
        <dd>{found.stopTokens.join(' ') || 'nothing that it names'}</dd>
        <dt>License</dt>
        <dd>{found.license ?? 'not stated'}</dd>
      </dl>
      <div>
        <SectionTitle title="A question as it will see it">
          {found.hasChatTemplate ? 'by its own chat template' : 'it has no chat template: the texts, a blank line after each'}
        </SectionTitle>
        <Pieces pieces={found.sample} label="A question as it will see it" />
      </div>
    </>
  );
}

function placeOf(where: Where, text: string, uploaded: string | undefined): ModelPlace | null {
  const trimmed = text.trim();
  if (where === 'upload') return uploaded === undefined ? null : { kind: 'upload', file: uploaded };
  if (trimmed === '') return null;
  if (where === 'path') return { kind: 'path', path: trimmed };
  const named = readHubName(trimmed);
  if (!named) return null;
  const { repository, revision, file } = named;
  return { kind: 'hub', repository, revision: revision ?? 'main', ...(file === null ? {} : { file }) };
}

const hubNameWhy = 'OWNER/NAME or its address; @REVISION may follow, and /FILE.gguf where it has several';

/** What is taken where more than a repository was named. */
function hubNameRead({ repository, revision, file }: Extract<ModelPlace, { kind: 'hub' }>): string | null {
  const parts = [...(revision === 'main' ? [] : [`revision ${revision}`]), ...(file === undefined ? [] : [`file ${file}`])];
  return parts.length > 0 ? [repository, ...parts].join(', ') : null;
}
